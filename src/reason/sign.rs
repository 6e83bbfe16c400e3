//! What a phrase says.

/// What a phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sign {
    // Whose text it is.
    /// `CannotPull…Error`: ECS names the pull as what failed.
    CannotPull,
    /// ECS names the preparation of a task as what failed: secrets, the registry's token, volumes, the network interface.
    ResourceInit,
    /// Words of the ECS agent.
    Agent,
    /// Words of a registry client, or of a registry.
    Client,
    /// `GetAuthorizationToken` as a call.
    TokenCall,
    /// A pull that succeeded.
    Pulled,
    /// The bare word.
    Pulling,
    /// Podman and Skopeo begin an attempt.
    Trying,
    // The step of a task's start.
    /// Secrets or the registry's token, without saying which.
    Resources,
    RegistryAuth,
    /// The command that asks for a token; it may well have succeeded.
    EcrLogin,
    AsmSecret,
    AsmRegistryAuth,
    SsmSecret,
    Logger,
    LogStream,
    EnvFiles,
    EfsVolume,
    // The step of a pull.
    Pull,
    Resolve,
    ManifestPath,
    BlobPath,
    Copy,
    /// A request got no answer in HTTP: containerd says so before it says why.
    Transport,
    /// Docker tells of a layer, by the first twelve digits of its digest: the manifest was read.
    LayerProgress,
    LayerStore,
    Config,
    // No connection.
    TimedOut,
    NoAnswer,
    ConnectionIssue,
    Refused,
    NoRoute,
    NetUnreachable,
    /// EADDRNOTAVAIL: no local port is free, or the host has no address of that family.
    NoLocalAddress,
    /// EMFILE, ENFILE.
    OpenFiles,
    Reset,
    Eof,
    /// The server closed in the midst of an answer.
    CutShort,
    Cancelled,
    NoProgress,
    // Names.
    NoSuchHost,
    NameError,
    NameTimedOut,
    /// It was the name server that was spoken to: names are asked for by UDP.
    NameServer,
    NoEndpoint,
    BadUrl,
    // TLS.
    UnknownAuthority,
    OtherName,
    OutOfValidity,
    BadCertificate,
    TlsTimedOut,
    TlsAlert,
    NoCommonTls,
    NotTls,
    // Who asks.
    Denied,
    TokenExpired,
    NoBasicAuth,
    /// By registries and many other services.
    AuthRequired,
    /// By podman and skopeo, of a login that they tried.
    LoggedIn,
    /// By Lambda and SageMaker, which pull as themselves.
    RepositoryDenied,
    /// Docker's credential helper is missing, or failed.
    HelperFailed,
    LoginFailed,
    /// A registry's code without its words, and any other program's too.
    Unauthorized,
    WrongPassword,
    NotAuthorized,
    BadKeys,
    ClockSkew,
    NoCredentials,
    EmptyCredentials,
    NoPullCredentials,
    /// The service that gives tokens for registries other than ECR.
    TokenService,
    CannotAssumeRole,
    // How much is asked.
    Throttled,
    TooMany,
    HubLimit,
    SlowDown,
    KubeletLimit,
    // The image.
    NameUnknown,
    ManifestUnknown,
    NotFound,
    /// Docker's, of an image that is not on the host.
    NoSuchImage,
    ImageNotFound,
    AccessDenied,
    NoScope,
    /// A registry's code for a refusal, whatever its words.
    RegistryDenied,
    /// By SageMaker, of one of two.
    AbsentOrDenied,
    NoPlatform,
    ExecFormat,
    NoProcessor,
    MediaType,
    HtmlMedia,
    Compression,
    BadReference,
    /// By Lambda, of an image that it does not take.
    SourceImage,
    LayersMismatch,
    BadManifest,
    // Layers.
    SizeMismatch,
    DigestMismatch,
    ManifestMismatch,
    /// The step in which size and digest are checked.
    FailedCommit,
    NoSpace,
    Unpack,
    IoError,
    KmsKey,
    S3Denied,
    UrlExpired,
    TwoSignatures,
    BlobUnknown,
    Panic,
    UpstreamFailed,
    Redirects,
    // HTML and proxies.
    WebPage,
    ProxyError,
    // Secrets and logs.
    SecretNotFound,
    /// What was asked of an AWS service is not there.
    NotThere,
    SecretMalformed,
    KmsDenied,
    NoLogGroup,
    LogOption,
    // The start.
    NotStarted,
    NotStable,
    StartTimedOut,
    PullTimedOut,
    CreateTimedOut,
    /// The API server of a Kubernetes cluster.
    Cluster,
    DockerDown,
    NoEndpointAnswers,
    // What is no pull.
    OutOfMemory,
    Placement,
    Capacity,
    HealthCheck,
    Quota,
    Held,
    HostPort,
    /// Of a container, on the host.
    NameTaken,
    Volume,
    Rejected,
    Unscheduled,
    NetworkInterface,
    /// The plug-in (CNI) that gives a pod its network failed.
    PodNetwork,
    NoExecutable,
    ContainerRuntime,
    /// The network or a mount of a container could not be set up.
    SetUp,
    Exited,
    Push,
    Stopped,
    Routine,
    Unstopped,
    /// A call to Docker about a container that is there.
    OfAContainer,
    /// An image that is not on the host.
    OnTheHost,
    /// What Ollama pulls.
    Model,
    AgentChannel,
    /// The command of a build's RUN step failed.
    RunStep,
}

/// The last of the list.
pub const COUNT: usize = Sign::RunStep as usize + 1;
