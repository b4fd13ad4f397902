import DealHealthCore

/// Reads tips, one a line, and writes for each: outcome (1, 0 or -1), strength, confidence, conditions; with `--speed`,
/// reads them a hundred times instead and writes tips per second.
@main
enum Judge {
    static func main() {
        var tips: [String] = []
        while let line = readLine() { tips.append(line) }
        if CommandLine.arguments.contains("--speed") { return print(speed(tips.map { Array($0.utf8) })) }
        for tip in tips {
            let reading = TipRules.read(tip)
            let judgement = reading.judgement
            let outcome = judgement.strength == 0 ? 0 : judgement.works ? 1 : -1
            let conditions = reading.conditions.filter { $0.kind != .other }.map { condition in
                condition.amount.map { "\(condition.kind.name)=\(Int($0))" } ?? condition.kind.name
            }
            print(outcome, judgement.strength, judgement.confidence, conditions.joined(separator: ","), separator: "\t")
        }
    }

    /// Tips judged per second, as the best of ten rounds: what the rules cost at ingest.
    private static func speed(_ tips: [[UInt8]]) -> Double {
        var best = Duration.seconds(3600)
        var checksum = 0.0
        for _ in 0..<10 {
            let took = ContinuousClock().measure {
                for _ in 0..<100 {
                    for tip in tips { checksum += tip.withUnsafeBytes { TipRules.judge($0).strength } }
                }
            }
            best = min(best, took)
        }
        precondition(checksum >= 0)  // used, so that the loop is not optimised away
        return Double(tips.count * 100) / (best / .seconds(1))
    }
}
