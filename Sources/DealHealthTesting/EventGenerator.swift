public import DealHealthCore

/// Makes plausible verification events in the wire format, the same ones for the same seed.
public struct EventGenerator {
    private var random: SeededGenerator
    private let dealCount: Int
    private let start: Timestamp
    private var made = 0

    /// Events for `dealCount` deals within ten days after `start`.
    public init(seed: UInt64, dealCount: Int, start: Timestamp) {
        random = SeededGenerator(seed: seed)
        self.dealCount = dealCount
        self.start = start
    }

    /// One event as a JSON object.
    public mutating func next() -> String {
        made += 1
        let deal = Int.random(in: 0..<dealCount, using: &random)
        let time = start + .milliseconds(Int.random(in: 0..<864_000_000, using: &random))
        let common = """
            "eventId":"event-\(made)","promotionId":"deal-\(deal)","timestamp":"\(time)","merchantId":\(deal % 7)
            """
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
            return """
                {"type":"AutomatedTestResult",\(common),"success":\(Bool.random(using: &random)),"discountValue":10}
                """
        case 1:
            return """
                {"type":"CommunityVerification",\(common),"verifierId":"v\(made % 50)",\
                "verifierReputationScore":\(Int.random(in: 0...100, using: &random)),\
                "is_valid":\(Bool.random(using: &random))}
                """
        default:
            let text = ["works great", "expired", "did not work", "what store is this for?"].randomElement(
                using: &random)
            return """
                {"type":"CommunityTip",\(common),"tipText":"\(text ?? "")","userReputation":\(made % 101)}
                """
        }
    }

    /// `count` events as NDJSON.
    public mutating func lines(_ count: Int) -> [UInt8] {
        var text = ""
        for _ in 0..<count { text += next() + "\n" }
        return Array(text.utf8)
    }
}
