import DealHealthCore
import DealHealthEngine

/// One or two sentences of plain English for shoppers: what to expect, and why.
struct ExplanationSentence {
    let text: String

    init(_ explanation: DealExplanation, _ assessment: Assessment, asOf: Timestamp) {
        var sentences = [Self.expectation(assessment.forecast)]
        if let latest = Self.latest(explanation.latest, asOf: asOf) { sentences.append(latest) }
        if let alarm = explanation.alarm, !explanation.deal.state.isAlarmArmed, assessment.forecast.status != .healthy {
            sentences.append("It seems to have stopped working \(Self.age(of: alarm.time, asOf)).")
        }
        text = sentences.joined(separator: " ")
    }

    private static func expectation(_ forecast: Forecast) -> String {
        let percent = Int((forecast.worksProbability * 100).rounded())
        return switch forecast.status {
        case .healthy: "This deal most likely works right now (\(percent) %)."
        case .uncertain: "This deal may or may not work (\(percent) %)."
        case .failing: "This deal probably does not work right now (\(percent) %)."
        case .dead: "This deal almost certainly does not work any more (\(percent) %)."
        case .unknown: "There is no recent evidence on whether this deal works."
        }
    }

    /// What the latest event with a weight says.
    private static func latest(_ entries: [HistoryEntry], asOf: Timestamp) -> String? {
        let weighty = entries.filter { $0.record.mass > 0 }
        guard let latest = weighty.max(by: { $0.record.time < $1.record.time }),
            case .evidence(let source) = latest.record.kind
        else { return nil }
        let same = weighty.filter { $0.record.kind == latest.record.kind }
        let agreeing = same.count { $0.record.works == latest.record.works }
        let age = age(of: latest.record.time, asOf)
        let works = latest.record.works
        let what =
            switch source {
            case .automatedTest: "The latest automated test \(works ? "passed" : "failed") \(age)"
            case .communityVerification: "A shopper \(works ? "confirmed it" : "said that it failed") \(age)"
            case .communityTip: "A tip \(works ? "praised it" : "said that it failed") \(age)"
            }
        return same.count > 1 ? "\(what), and \(agreeing) of the last \(same.count) of its kind agree." : "\(what)."
    }

    /// "5 minutes ago".
    private static func age(of time: Timestamp, _ asOf: Timestamp) -> String {
        let minutes = max(0, asOf.days(since: time) * 1_440)
        let (count, unit) =
            minutes < 60 ? (minutes, "minute") : minutes < 2_880 ? (minutes / 60, "hour") : (minutes / 1_440, "day")
        let whole = Int(count)
        return whole == 0 ? "just now" : "\(whole) \(unit)\(whole == 1 ? "" : "s") ago"
    }
}
