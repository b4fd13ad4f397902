import DealHealthCore
import DealHealthEngine
import DealHealthTesting

/// Events for tests, dated a little before the test's clock.
enum Samples {
    /// An automated test of a deal.
    static func test(
        _ deal: String, works: Bool = true, id: String? = nil, merchant: Int = 7, minute: Int = 0, extra: String = ""
    ) -> String {
        let time = EngineHarness<InMemoryLog>.start + .seconds(60 * minute)
        let identity = id.map { #","eventId":"\#($0)""# } ?? ""
        return
            #"{"type":"AutomatedTestResult","promotionId":"\#(deal)","timestamp":"\#(time)","merchantId":\#(merchant),"#
            + #""success":\#(works),"discountValue":5\#(identity)\#(extra)}"#
    }

    static func lines(_ events: [String]) -> String {
        events.joined(separator: "\n") + "\n"
    }
}
