import DealHealthTesting
import Testing

@testable import DealHealthCore

/// Settings out of range are named, by the name that the operator wrote.
struct ScoringSettingsTests {
    /// A field, its wire name, values that it takes and values that it does not.
    private struct Row {
        var field: WritableKeyPath<ScoringSettings, Double>
        var name: String
        var good: [Double]
        var bad: [Double]
    }

    private static var rows: [Row] {
        let weights: [Double] = [0, 0.5, 1]
        let notWeights: [Double] = [-0.001, 1.001, .infinity, -.infinity, .nan]
        let caps: [Double] = [0.001, 20, .infinity]
        let notCaps: [Double] = [0, -1, -.infinity, .nan]
        return [
            Row(
                field: \.decayRatePerDay, name: "decay_rate_per_day", good: [0.001, 0.1, 10],
                bad: [0, -0.1, 10.001, .infinity, .nan]),
            Row(field: \.automatedTestWeight, name: "automated_test_weight", good: weights, bad: notWeights),
            Row(
                field: \.communityVerificationWeight, name: "community_verification_weight", good: weights,
                bad: notWeights),
            Row(field: \.communityTipWeight, name: "community_tip_weight", good: weights, bad: notWeights),
            Row(field: \.automatedTestCap, name: "automated_test_cap", good: caps, bad: notCaps),
            Row(field: \.communityVerificationCap, name: "community_verification_cap", good: caps, bad: notCaps),
            Row(field: \.communityTipCap, name: "community_tip_cap", good: caps, bad: notCaps),
            Row(
                field: \.priorStrength, name: "prior_strength", good: [0.01, 1, 1_000],
                bad: [0, -1, 1_000.5, .infinity, .nan]),
            Row(field: \.baseRate, name: "base_rate", good: [0, 0.5, 1], bad: [-0.001, 1.001, .nan]),
        ]
    }

    @Test func defaultsAreInRange() {
        #expect(ScoringSettings().faults.isEmpty)
    }

    @Test func valuesInRangeAreTakenAndOthersNamed() {
        for row in Self.rows {
            for value in row.good {
                var settings = ScoringSettings()
                settings[keyPath: row.field] = value
                #expect(settings.faults.isEmpty, "\(row.name) = \(value)")
            }
            for value in row.bad {
                var settings = ScoringSettings()
                settings[keyPath: row.field] = value
                #expect(settings.faults.count == 1, "\(row.name) = \(value)")
                #expect(settings.faults.first?.hasPrefix("\(row.name) must be in ") == true)
            }
        }
    }

    @Test func everyFaultIsListed() {
        var settings = ScoringSettings()
        for row in Self.rows { settings[keyPath: row.field] = .nan }
        #expect(settings.faults.count == Self.rows.count)
    }

    @Test func weightAndCapAreThoseOfTheSource() {
        var settings = ScoringSettings()
        settings.automatedTestCap = 30
        #expect(EvidenceSource.allCases.map { settings.weight(of: $0) } == [0.6, 0.3, 0.1])
        #expect(EvidenceSource.allCases.map { settings.cap(of: $0) } == [30, 20, 10])
    }
}
