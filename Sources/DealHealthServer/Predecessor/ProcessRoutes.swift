import DealHealthCore
import DealHealthEngine
import HTTPTypes
import Hummingbird

/// The predecessor's calls that take events. A refused event is answered 200 with `"success":false`, here and nowhere else.
struct ProcessRoutes: Sendable {
    let handle: EngineHandle
    let budget: BodyBudget

    /// `POST /events/process-single?promotion_id=ID`: the body is one event.
    func single(_ target: RequestTarget, _ request: Request) async throws -> Response {
        let id = try Self.promotionID(target)
        return try await withBody(request) { body in
            guard try JSONMembers(body) != nil else {
                throw InvalidInput("body", message: "must be one event, an object")
            }
            return try await process(body, in: body.indices, promotionID: id) { _ in }
        }
    }

    /// `POST /events/process`: `{"promotion_id":ID,"events":[…]}`. `charge` is told how many events there were, as in `EventRoutes`.
    func several(_ request: Request, charge: (Int) -> Void) async throws -> Response {
        try await withBody(request) { body in
            let envelope = try Self.envelope(body)
            guard let id = envelope["promotion_id"].flatMap({ JSONMembers.string(at: $0, of: body) }) else {
                throw InvalidInput("body", "promotion_id", message: "a string is required")
            }
            guard let events = envelope["events"], Self.isArray(events, body) else {
                throw InvalidInput("body", "events", message: "an array of events is required")
            }
            return try await process(body, in: events, promotionID: id, charge: charge)
        }
    }

    /// `POST /events/batch-process`: `{"events_by_promotion":{ID:[…],…}}`. Not a success when there were events and none was taken.
    func batch(_ request: Request, charge: (Int) -> Void) async throws -> Response {
        try await withBody(request) { body in
            guard let range = try Self.envelope(body)["events_by_promotion"],
                let groups = try JSONMembers(body, in: range)
            else { throw InvalidInput("body", "events_by_promotion", message: "an object is required") }
            guard groups.members.count <= ServerLimits.promotionsPerRequestMax else {
                throw InvalidInput(
                    "body", "events_by_promotion",
                    message: "at most \(ServerLimits.promotionsPerRequestMax) promotions in one request")
            }
            var submission = PredecessorSubmission(engine: try handle.recoveredEngine())
            for group in groups.members {
                guard Self.isArray(group.value, body) else {
                    throw InvalidInput(
                        "body", "events_by_promotion", group.name, message: "an array of events is required")
                }
                try submission.add(body, in: group.value, promotionID: group.name)
            }
            charge(submission.count)
            return Self.response(try await submission.run(handle))
        }
    }

    // MARK: requests

    /// The predecessor's query was of the form that HTML forms have: its clients write a space as a plus sign, and a plus sign as `%2B`.
    private static func promotionID(_ target: RequestTarget) throws -> String {
        guard let raw = try target.parameters().raw("promotion_id") else {
            throw InvalidInput("query", "promotion_id", message: "field required")
        }
        let spaced = raw.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
        guard let id = PercentEncoding.decodeString(spaced) else {
            throw InvalidInput("query", "promotion_id", message: "not percent-encoded UTF-8")
        }
        return id
    }

    private func withBody(_ request: Request, _ answer: ([UInt8]) async throws -> Response) async throws -> Response {
        try BodyFormat.requireJSON(request.headers)
        var reservation = BodyReservation(budget)
        let reader = BodyReader(limit: Limits.jsonBodyBytesMax, name: "a JSON body")
        return try await answer(try await reader.collect(request, &reservation))
    }

    private static func envelope(_ body: [UInt8]) throws -> JSONMembers {
        guard let envelope = try JSONMembers(body) else { throw InvalidInput("body", message: "must be an object") }
        return envelope
    }

    private static func isArray(_ range: Range<Int>, _ body: [UInt8]) -> Bool {
        body[range.lowerBound] == UInt8(ascii: "[")
    }

    private func process(
        _ body: [UInt8], in range: Range<Int>, promotionID: String, charge: (Int) -> Void
    ) async throws -> Response {
        var submission = PredecessorSubmission(engine: try handle.recoveredEngine())
        try submission.add(body, in: range, promotionID: promotionID)
        charge(submission.count)
        return Self.response(try await submission.run(handle)[0])
    }

    // MARK: answers

    private static func response(_ promotion: ProcessedPromotion) -> Response {
        let error = promotion.error
        return PredecessorAnswer.response(isSuccess: error == nil) { json in
            json.key("data")
            if error == nil { promotion.write(to: &json) } else { json.null() }
            json.key("error")
            if let error { json.string(error) } else { json.null() }
        }
    }

    private static func response(_ promotions: [ProcessedPromotion]) -> Response {
        let isSuccess = promotions.isEmpty || promotions.contains { $0.error == nil }
        return PredecessorAnswer.response(isSuccess: isSuccess) { json in
            json.key("results")
            json.beginArray()
            for promotion in promotions { promotion.write(to: &json) }
            json.endArray()
            json.key("processed_promotions")
            json.integer(promotions.count)
        }
    }
}
