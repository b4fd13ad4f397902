import HTTPTypes
import Hummingbird
import Logging

/// Answers every request of one listener: finds the route, calls its code, turns errors into problems, and counts.
struct RequestResponder: HTTPResponder {
    typealias Context = ConnectionContext

    let kind: ListenerKind
    let metrics: HTTPMetrics
    let events: EventRoutes
    let health: HealthRoutes
    let history: HistoryRoutes
    let lists: ListRoutes
    let explanations: ExplanationRoutes
    let retest: RetestRoute
    let scoring: ScoringRoutes
    let probes: ProbeRoutes
    /// Nil when it is turned off.
    let exposition: MetricsRoute?
    let hotDeals: HotDealsRoute
    let predecessor: PredecessorRoutes
    let documentation: DocumentationRoutes
    /// Whether `/metrics` is served here.
    let servesMetrics: Bool
    /// Nil where everybody may come in: at the operations listener.
    let door: SlowLaneDoor?
    let accessLog: AccessLog?

    /// Never throws: whatever happens is an answer.
    func respond(to request: Request, context: ConnectionContext) async -> Response {
        let start = ContinuousClock.now
        metrics.begin()
        if let response = door?.door.cors?.preflight(request) {
            metrics.end(nil, request.method, response.status, in: ContinuousClock.now - start)
            return response
        }
        let target = RequestTarget(request.head.path ?? "").flatMap { isServed($0.route) ? $0 : nil }
        let passage = door?.admit(request, to: target?.route, from: context.peer) ?? FrontDoor.Passage()
        var response =
            if let problem = passage.problem { problem.response } else {
                await answer(target, request, passage, context.logger)
            }
        if response.status.code >= 400, Self.hasLongBody(request.headers) { response.headers[.connection] = "close" }
        if let door { response.headers.append(contentsOf: door.answerFields(passage, request.headers)) }
        if Self.asksToClose(request) { response.headers[.connection] = "close" }
        if request.method == .head { response = response.createHeadResponse() }
        let duration = ContinuousClock.now - start
        metrics.end(target?.route, request.method, response.status, in: duration)
        log(request, target?.route, response.status, in: duration, passage, context)
        return response
    }

    private func answer(
        _ target: RequestTarget?, _ request: Request, _ passage: FrontDoor.Passage, _ logger: Logger
    ) async -> Response {
        do {
            guard let target else { throw Problem(.notFound, .notFound, "nothing is served at this path") }
            return try await dispatch(target, request) { count in door?.door.charge(passage.client, events: count) }
        } catch {
            let problem = Problem(error)
            if problem.status.code == 500 { logger.error("request failed", metadata: ["error": "\(error)"]) }
            return target?.route.isPredecessors == true ? PredecessorError.response(error) : problem.response
        }
    }

    /// Notes the request in the access log, and one that only an administrator may make in the server's own.
    private func log(
        _ request: Request, _ route: Route?, _ status: HTTPResponse.Status, in duration: Duration,
        _ passage: FrontDoor.Passage, _ context: ConnectionContext
    ) {
        let isAdministrators = route?.scope(for: request.method) == .admin
        guard let door, accessLog != nil || isAdministrators else { return }
        let visitor = door.visitor(request.headers, passage, from: context.peer)
        accessLog?.note(request.method, request.head.path ?? "", status, in: duration, visitor)
        if isAdministrators {
            context.logger.notice(
                "administrator's call",
                metadata: [
                    "method": "\(request.method)", "path": "\(route?.template ?? "")", "status": "\(status.code)",
                    "subject": "\(visitor.subject ?? "-")", "client": "\(visitor.address)",
                ])
        }
    }

    private func isServed(_ route: Route) -> Bool {
        route == .metrics ? servesMetrics : route.isServed(by: kind)
    }

    /// - Parameter charge: told how many events a request had.
    private func dispatch(
        _ target: RequestTarget, _ request: Request, charge: (Int) -> Void
    ) async throws -> Response {
        let isRead = request.method == .get || request.method == .head
        switch target.route {
        case .events where request.method == .post: return try await events.post(request, charge: charge)
        case .manyDealsHealth where request.method == .post: return try await health.many(target, posted: request)
        case .dealHealth where isRead: return try await health.one(target, request.headers)
        case .manyDealsHealth where isRead: return try await health.many(target)
        case .dealHistory where isRead: return try await history.get(target)
        case .dealExplanation where isRead: return try await explanations.get(target)
        case .retest where isRead: return try retest.get(target)
        case .deals where isRead: return try await lists.all(target)
        case .merchantDeals where isRead: return try await lists.merchant(target)
        case .scoring where isRead: return try scoring.get()
        case .scoring where request.method == .put: return try await scoring.put(request)
        case .livez where isRead: return probes.live()
        case .readyz where isRead: return try probes.ready()
        case .startupz where isRead: return try probes.startup()
        case .health where isRead: return probes.health()
        case .hotDeals where isRead: return try hotDeals.get(target)
        case .metrics where isRead:
            guard let exposition else { throw Problem(.notFound, .notFound, "metrics are turned off") }
            return exposition.get(request)
        case .processEvent where request.method == .post: return try await predecessor.process.single(target, request)
        case .processEvents where request.method == .post:
            return try await predecessor.process.several(request, charge: charge)
        case .processBatch where request.method == .post:
            return try await predecessor.process.batch(request, charge: charge)
        case .promotionHealth where isRead: return try await predecessor.promotions.health(target)
        case .promotionHistory where isRead: return try await predecessor.promotions.history(target)
        case .promotionsByHealth where isRead: return try await predecessor.promotions.byHealth(target)
        case .merchantPromotions where isRead: return try await predecessor.promotions.merchant(target)
        case .queueStats where isRead: return predecessor.queue.stats()
        case .configUpdate where request.method == .post: return try await predecessor.config.update(request)
        case .openAPI where isRead: return documentation.openAPI()
        case .docs where isRead: return documentation.docs()
        default:
            throw Problem(
                .methodNotAllowed, .methodNotAllowed,
                "\(target.route.template) takes \(target.route.allow) only"
            ).adding(.allow, target.route.allow)
        }
    }

    /// Whether the client will send no more on this connection: the answer must say the same (RFC 9112 §9.6), and with that
    /// `ConnectionEndHandler` ends it in good order.
    private static func asksToClose(_ request: Request) -> Bool {
        guard let options = request.headers[.connection] else { return false }
        return options.split(separator: ",").contains { $0.filter { $0 != " " && $0 != "\t" }.lowercased() == "close" }
    }

    /// Whether more may follow than is worth reading just to keep the connection after a refusal.
    static func hasLongBody(_ headers: HTTPFields) -> Bool {
        if headers[.transferEncoding] != nil { return true }
        guard let text = headers[.contentLength] else { return false }
        return (Int(text) ?? .max) > ServerLimits.bodyBytesDrainedMax
    }
}
