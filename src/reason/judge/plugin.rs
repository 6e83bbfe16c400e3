//! Docker's authorization plugins, which a host's daemon asks about every request.

use crate::reason::parsed::Parsed;

/// Whether one refused a request, of which nothing says that it is for an image.
pub fn is_of_no_image(parsed: &Parsed) -> bool {
    let tight = &parsed.plain.tight;
    let is_refused = parsed.said().iter().any(|it| it.row.first == ["IMG-14"]);
    is_refused
        && tight.contains("authorizationdeniedbyplugin")
        && !["pull", "image", "registry"].iter().any(|it| tight.contains(it))
}
