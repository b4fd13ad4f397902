import HTTPTypes
import Testing

@testable import DealHealthServer

@Suite struct BoundsTests {
    @Test func aFullGateTurnsAwayAndOpensAgain() async throws {
        let gate = Gate(limit: 2, refusal: "full")
        try await gate.pass {
            try await gate.pass {
                let problem = await #expect(throws: Problem.self) { try await gate.pass {} }
                #expect(problem?.status.code == 503 && problem?.headers[.retryAfter] == "1")
            }
            try await gate.pass {}
        }
    }

    /// A length that is no `Int` is over every limit, and nothing of such a body is waited for.
    @Test(arguments: ["application/json", "application/x-ndjson"])
    func lengthsThatNobodyCanCountAreTooLarge(type: String) async throws {
        try await TestServer.run { server, _ in
            for length in ["9223372036854775807", "9223372036854775808", "18446744073709551615"] {
                try await RawConnection.with(port: server.apiPort) { connection in
                    try await connection.send(
                        "POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Type: \(type)\r\nContent-Length: \(length)\r\n\r\n{"
                    )
                    let reply = try await connection.reply()
                    #expect(reply?.status == 413 && reply?.headers[.connection] == "close", "\(length)")
                }
            }
        }
    }

    @Test func reservationsAreGivenBackWhateverHappens() throws {
        let budget = BodyBudget(limit: 100)
        do {
            var first = BodyReservation(budget)
            var second = BodyReservation(budget)
            try first.resize(to: 60)
            try second.resize(to: 40)
            #expect(throws: Problem.self) { try second.resize(to: 41) }
            try first.resize(to: 10)
            try second.resize(to: 90)
            #expect(budget.heldBytes == 100)
        }
        #expect(budget.heldBytes == 0)
    }
}
