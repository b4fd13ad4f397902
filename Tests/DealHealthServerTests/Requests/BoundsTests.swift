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
