import CoreMetrics
import HTTPTypes
import Metrics
import NIOCore
import Synchronization

/// The instruments of the HTTP edge. Labels come from closed sets: route templates, methods, statuses we send.
final class HTTPMetrics: Sendable {
    /// Help texts for the exposition, by metric name.
    static let help = [
        "dealhealth_http_requests_total": "HTTP requests answered, by method, route and status.",
        "dealhealth_http_request_duration_seconds": "Time from a request's head to its answer, by route.",
        "dealhealth_http_requests_in_flight": "HTTP requests being answered.",
    ]

    private static let unmatched = "unmatched"

    private let factory: any MetricsFactory
    /// Requests being answered.
    private let inFlight: Meter
    /// Time of a request, seconds, by `Route.rawValue`; the last is of requests without a route.
    private let durations: [Metrics.Timer]
    /// Requests answered: made when first needed, then kept, since making one takes the registry's lock and a search.
    private let counters = Mutex<[UInt32: Counter]>([:])

    init(factory: any MetricsFactory) {
        self.factory = factory
        inFlight = Meter(label: "dealhealth_http_requests_in_flight", factory: factory)
        let templates = Route.allCases.map(\.template) + [Self.unmatched]
        durations = templates.map {
            Metrics.Timer(
                label: "dealhealth_http_request_duration_seconds", dimensions: [("route", $0)], factory: factory)
        }
    }

    /// A request has arrived.
    func begin() {
        inFlight.increment(by: 1)
    }

    /// The request that began is answered.
    func end(_ route: Route?, _ method: HTTPRequest.Method, _ status: HTTPResponse.Status, in duration: Duration) {
        inFlight.decrement(by: 1)
        let row = route?.rawValue ?? Route.allCases.count
        let (seconds, attoseconds) = duration.components
        durations[row].recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        counter(route, KnownMethod(method), status).increment()
    }

    /// A request was answered outside of the slow lane.
    func answered(
        _ route: Route, _ method: HTTPRequest.Method, _ status: HTTPResponse.Status, in duration: TimeAmount
    ) {
        durations[route.rawValue].recordNanoseconds(duration.nanoseconds)
        counter(route, KnownMethod(method), status).increment()
    }

    /// Bytes that are no request were answered.
    func refused(_ status: HTTPResponse.Status) {
        counter(nil, .other, status).increment()
    }

    /// A request was turned away for want of time.
    func shed(_ route: Route?, _ method: HTTPRequest.Method) {
        counter(route, KnownMethod(method), .serviceUnavailable).increment()
    }

    /// The instrument of one route's durations, for those who record by themselves.
    func duration(of route: Route) -> Metrics.Timer {
        durations[route.rawValue]
    }

    /// The counter of requests answered so; nil is no route.
    func counter(_ route: Route?, _ known: KnownMethod, _ status: HTTPResponse.Status) -> Counter {
        let row = route?.rawValue ?? Route.allCases.count
        let key = UInt32(row) << 16 | UInt32(known.rawValue) << 10 | UInt32(truncatingIfNeeded: status.code & 1_023)
        return counters.withLock { counters in
            if let counter = counters[key] { return counter }
            let counter = Counter(
                label: "dealhealth_http_requests_total",
                dimensions: [
                    ("method", known.label), ("route", route?.template ?? Self.unmatched),
                    ("status", String(status.code)),
                ], factory: factory)
            counters[key] = counter
            return counter
        }
    }
}

/// The methods that get a label of their own: a client cannot make up others.
enum KnownMethod: UInt8 {
    case get, head, post, put, delete, patch, options, other

    init(_ method: HTTPRequest.Method) {
        self =
            switch method {
            case .get: .get
            case .head: .head
            case .post: .post
            case .put: .put
            case .delete: .delete
            case .patch: .patch
            case .options: .options
            default: .other
            }
    }

    var label: String {
        switch self {
        case .get: "GET"
        case .head: "HEAD"
        case .post: "POST"
        case .put: "PUT"
        case .delete: "DELETE"
        case .patch: "PATCH"
        case .options: "OPTIONS"
        case .other: "other"
        }
    }
}
