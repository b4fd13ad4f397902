import Glibc

/// What an operator can choose about the server.
public struct ServerSettings: Sendable {
    /// Where the API listens. Port 0 takes any that is free.
    public var host = "127.0.0.1"
    public var port = 8_000
    /// Where metrics and probes listen. Port 0 takes any that is free.
    public var metricsHost = "127.0.0.1"
    public var metricsPort = 9_090
    /// Whether `/metrics` answers, else it is 404; probes and hot deals stay.
    public var isMetricsEnabled = true
    /// Threads that serve the API; nil is one for each core.
    public var threadCount: Int?
    /// Who may do what at the API, and how much.
    public var access = AccessSettings()
    /// Whether the API's listener serves `/metrics`, too: for whom that port is public, what it tells is not.
    public var servesMetricsOnAPI = false
    /// Whether each request of the API is logged on standard output.
    public var isAccessLogged = false
    /// Where it goes; another file in tests only.
    var accessLogDescriptor = STDOUT_FILENO
    /// What `/health` says the program's version is.
    public var version = "development"

    /// What the API shows who connects; nil is plain TCP. Metrics and probes are never behind TLS.
    public var tls: TLSIdentity?

    /// Whether reads may be answered ahead of the HTTP codec. Off only in the test that compares the lanes.
    var isFastLaneEnabled = true

    public init() {}
}
