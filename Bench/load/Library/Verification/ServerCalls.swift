import Dispatch
import Foundation
import FoundationNetworking
import Synchronization

/// Calls of the server beside the load: before it, to see that it is there; during it, to see that it came back; after it, to settle.
///
/// They block the calling thread, since whoever makes them has nothing else to do.
public struct ServerCalls: Sendable {
    private let base: String
    private let token: String?

    /// - Parameters:
    ///   - base: "http://host:port".
    ///   - token: shown as `Authorization: Bearer`.
    public init(base: String, token: String?) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.token = token
    }

    struct Answer: Sendable {
        var status: Int
        var body: Data
    }

    /// Sends one request, a POST when there is a body; nil when no whole answer comes within `seconds`.
    ///
    /// - Throws: `LoadError` when the address is none.
    func send(
        _ path: String, body: [UInt8]? = nil, contentType: String = "application/json", seconds: Double
    ) throws(LoadError) -> Answer? {
        guard let url = URL(string: base + path) else {
            throw LoadError(.target, "\(base) is not a URL: write http://host:port.")
        }
        var request = URLRequest(url: url, timeoutInterval: seconds)
        if let token { request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization") }
        if let body {
            request.httpMethod = "POST"
            request.httpBody = Data(body)
            request.setValue(contentType, forHTTPHeaderField: "Content-Type")
        }
        let exchange = Exchange()
        let task = URLSession.shared.dataTask(with: request) { data, response, _ in
            let status = (response as? HTTPURLResponse)?.statusCode
            exchange.finish(with: status.map { Answer(status: $0, body: data ?? Data()) })
        }
        task.resume()
        let answer = exchange.wait(seconds: seconds)
        task.cancel()
        return answer
    }

    /// As `send`, again and again while the server is away or refuses for a while.
    ///
    /// - Throws: `LoadError` with the last answer when there is no other within `LoadLimits.settlingRetry`, or by `deadline`.
    func sendUntilServed(
        _ path: String, body: [UInt8]? = nil, contentType: String = "application/json",
        deadline: ContinuousClock.Instant
    ) throws(LoadError) -> Answer {
        let lastTry = min(deadline, .now + LoadLimits.settlingRetry)
        while true {
            let answer = try send(
                path, body: body, contentType: contentType, seconds: LoadLimits.settlingRequestSeconds)
            if let answer, ![429, 502, 503, 504, 507].contains(answer.status) { return answer }
            guard .now < lastTry else {
                let outcome =
                    answer.map { "the last was \($0.status): \(String(decoding: $0.body.prefix(200), as: UTF8.self))" }
                    ?? "the last got no answer"
                throw LoadError(.verification, "\(path) was tried until the time was up; \(outcome)")
            }
            Thread.sleep(forTimeInterval: 0.1)
        }
    }

    /// Whether `/readyz` says 200 now.
    func isReady() throws(LoadError) -> Bool {
        try send("/readyz", seconds: 2)?.status == 200
    }

    /// The parameters of the score that the server has in force.
    ///
    /// - Throws: `LoadError` when it does not say.
    public func scoring() throws(LoadError) -> EvidenceFold {
        let answer = try send("/v1/scoring", seconds: LoadLimits.settlingRequestSeconds)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let answer, answer.status == 200,
            let fold = try? decoder.decode(EvidenceFold.self, from: answer.body)
        else {
            let status = answer.map { "answered \($0.status)" } ?? "did not answer"
            throw LoadError(
                .target,
                "\(base)/v1/scoring \(status): --verify needs a DealHealth server there, and a token that may read.")
        }
        return fold
    }
}

/// Hands the answer of one request from the session's thread to the one that waits.
private final class Exchange: Sendable {
    private let answer = Mutex<ServerCalls.Answer?>(nil)
    private let isFinished = DispatchSemaphore(value: 0)

    func finish(with answer: ServerCalls.Answer?) {
        self.answer.withLock { $0 = answer }
        isFinished.signal()
    }

    /// nil when there is none, or not in time.
    func wait(seconds: Double) -> ServerCalls.Answer? {
        // A little more than the session's own limit, which is told first.
        _ = isFinished.wait(timeout: .now() + seconds + 1)
        return answer.withLock { $0 }
    }
}
