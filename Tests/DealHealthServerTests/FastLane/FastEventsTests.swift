import DealHealthCore
import DealHealthEngine
import DealHealthReactor
import DealHealthTesting
import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import DealHealthServer

@Suite struct FastEventsTests {
    private static let invalid = #"{"type":"AutomatedTestResult","promotionId":"a"}"#

    private static func post(_ body: String) -> String {
        "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            + body
    }

    /// What differs between two servers in the answers to the same requests.
    private static func comparable(_ reply: Reply) -> [String] {
        let fields = reply.headers.filter { $0.name != .date }.map { "\($0.name): \($0.value)" }
        return ["\(reply.status)", reply.text] + fields
    }

    @Test(arguments: [true, false])
    func bothLanesAnswerPostsAlike(isPipelined: Bool) async throws {
        let bodies = [
            Samples.test("a", id: "1"), Samples.test("a", id: "1"), Samples.test("b", id: "1"), Self.invalid,
            " \n" + Samples.test("c"), "[\(Samples.test("d")),\(Samples.test("d"))]", "", "{", "[]", "{}", "7",
            Samples.test("e", id: "\u{e9}"), #"{"type":"x"}{"#, Samples.test("a", minute: 100_000),
        ]
        let answers = Locked<[Bool: [[String]]]>([:])
        for isFastLaneEnabled in [true, false] {
            let harness = EngineHarness(log: InMemoryLog())
            try await harness.run { engine in
                let handle = EngineHandle()
                handle.recovered(engine)
                try await TestServer.serve(handle, isFastLaneEnabled: isFastLaneEnabled) { server in
                    try await RawConnection.with(port: server.apiPort) { connection in
                        if isPipelined { try await connection.send(bodies.map(Self.post).joined()) }
                        for body in bodies {
                            if !isPipelined { try await connection.send(Self.post(body)) }
                            let reply = try #require(try await connection.reply())
                            answers.withLock { $0[isFastLaneEnabled, default: []].append(Self.comparable(reply)) }
                        }
                    }
                }
            }
        }
        let (fast, slow) = answers.withLock { ($0[true] ?? [], $0[false] ?? []) }
        #expect(fast == slow)
        #expect(fast.count == bodies.count)
        #expect(fast.prefix(4).map { $0[0] } == ["200", "200", "409", "422"])
    }

    @Test func eachOfManySendersGetsItsOwnAnswer() async throws {
        try await TestServer.run { server, engine in
            #expect(try await server.post(Samples.test("known", id: "known")).status == 200)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sender in 0..<80 {
                    group.addTask {
                        try await RawConnection.with(port: server.apiPort) { connection in
                            for round in 0..<10 {
                                let id = "\(sender)-\(round)"
                                let (body, status, accepted) =
                                    switch (sender + round) % 4 {
                                    case 0: (Self.invalid, 422, nil as Int?)
                                    case 1: (Samples.test("known", id: "known"), 200, 0)
                                    case 2: (Samples.test("other", id: "known"), 409, nil)
                                    default: (Samples.test("d\(sender)", id: id), 200, 1)
                                    }
                                try await connection.send(Self.post(body))
                                let reply = try #require(try await connection.reply())
                                #expect(reply.status == status, "\(reply.text)")
                                #expect(reply.integer("accepted") == accepted)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(engine.positions.applied.value == 2 + 200)
        }
    }

    /// More than are listed in one receipt.
    @Test func everyRefusedEventIsTold() async throws {
        try await EngineHarness(log: InMemoryLog()).run { engine in
            let handle = EngineHandle()
            handle.recovered(engine)
            let answers = Locked<[String]>([])
            let port = ReplyPort { replies in
                var start = 0
                for (_, end) in replies.ends {
                    let answer = String(decoding: replies.bytes[start..<end], as: UTF8.self)
                    answers.withLock { $0.append(answer) }
                    start = end
                }
            }
            let events = FastEvents(
                handle: handle, metrics: HTTPMetrics(factory: PrometheusRegistry()),
                admission: Admission(workers: 1) { 0 }, doorkeeper: Doorkeeper(FrontDoor(AccessSettings())),
                port: port)
            let count = 2 * Limits.rejectionsListedMax + 1
            for key in 0..<count {
                let isTaken = Array(Self.invalid.utf8).withUnsafeBytes { request in
                    events.take(
                        EventPost(body: 0..<request.count, client: ClientFields()), in: request,
                        from: ConnectionKey(value: UInt64(key)), of: .unknown, turnStart: .now())
                }
                #expect(isTaken)
            }
            events.submit()
            while answers.withLock({ $0.count }) < count { try await Task.sleep(for: .milliseconds(1)) }
            #expect(answers.withLock { $0.allSatisfy { $0.hasPrefix("HTTP/1.1 422 ") } })
        }
    }
}
