//! Whether a closed terminal is to end the process.

/// Whether SIGHUP is ignored, as nohup(1) arranges it: a handler would undo that. `sigaction` with no new action only tells
/// the present one (POSIX, `sigaction`).
#[expect(unsafe_code, reason = "no safe way to ask exists in the libraries that are already linked")]
pub fn is_ignored() -> bool {
    // SAFETY: `sigaction` is plain integers and pointers, so all zeroes is a value of it.
    let mut present: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: without a new action the kernel only writes the present one into `present`, which is that large.
    let result = unsafe { libc::sigaction(libc::SIGHUP, std::ptr::null(), &raw mut present) };
    result == 0 && present.sa_sigaction == libc::SIG_IGN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(unsafe_code, reason = "what nohup does before it starts a program")]
    fn an_ignored_signal_is_seen() {
        // SAFETY: no handler of ours runs, and no other test of this process looks at SIGHUP.
        let before = unsafe { libc::signal(libc::SIGHUP, libc::SIG_IGN) };
        assert!(is_ignored());
        // SAFETY: the same.
        unsafe { libc::signal(libc::SIGHUP, libc::SIG_DFL) };
        assert!(!is_ignored());
        // SAFETY: the same; the action is that of before.
        unsafe { libc::signal(libc::SIGHUP, before) };
    }
}
