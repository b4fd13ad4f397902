import RealModule

/// Everything the score needs to know of one deal: fixed size, updated in O(1) by each event.
///
/// The sums of all three sources share one reference time, the time of the latest evidence: `P(t) = P·e^(-λ(t-t*))`
/// holds for any reference time, so one serves all, and a state is 112 bytes. The sums do not depend on the
/// order of arrival beyond rounding (F1 of the scoring notes; classical exponentially decayed sums).
public struct DealState: Sendable, Equatable {
    /// t*: the time of the latest evidence, and what the sums are decayed to. Moves forward only.
    public var referenceTime: Timestamp
    public var automatedTest: Evidence
    public var communityVerification: Evidence
    public var communityTip: Evidence
    /// The merchant that the latest event naming one named.
    public var merchantID: Int64?
    /// Events counted, of every source.
    public var eventCount: UInt64
    /// The position of the deal's latest event. *Invariant:* grows with every event.
    public var lastLSN: LSN

    /// The state before any event.
    @inlinable
    public init() {
        referenceTime = Timestamp(microseconds: 0)
        automatedTest = Evidence()
        communityVerification = Evidence()
        communityTip = Evidence()
        merchantID = nil
        eventCount = 0
        lastLSN = .zero
    }

    /// The evidence of one source.
    @inlinable
    public subscript(source: EvidenceSource) -> Evidence {
        get {
            switch source {
            case .automatedTest: automatedTest
            case .communityVerification: communityVerification
            case .communityTip: communityTip
            }
        }
        set {
            switch source {
            case .automatedTest: automatedTest = newValue
            case .communityVerification: communityVerification = newValue
            case .communityTip: communityTip = newValue
            }
        }
    }

    /// Folds in one event; the only way a state changes, live and on replay alike.
    ///
    /// An event not older than `referenceTime` moves it and scales what was there by `e^(-λ(t-t*))`; a late one is
    /// itself scaled by `e^(-λ(t*-t))`. Deterministic: depends on the arguments only (P3). `lsn` MUST be greater than
    /// `lastLSN`.
    public mutating func apply(
        source: EvidenceSource, works: Bool, mass: Double, time: Timestamp, merchantID: Int64?, lsn: LSN,
        settings: ScoringSettings
    ) {
        precondition(lsn > lastLSN, "events of a deal are applied in log order")
        var weight = mass
        if eventCount == 0 {
            referenceTime = time
        } else if time >= referenceTime {
            let decay = settings.decay(from: referenceTime, to: time)
            automatedTest.scale(by: decay)
            communityVerification.scale(by: decay)
            communityTip.scale(by: decay)
            referenceTime = time
        } else {
            weight *= settings.decay(from: time, to: referenceTime)
        }
        self[source].add(mass: weight, works: works)
        if let merchantID { self.merchantID = merchantID }
        eventCount += 1
        lastLSN = lsn
    }
}

extension ScoringSettings {
    /// `e^(-λ(end-start))`, [0, 1]; `end` MUST NOT be before `start`.
    func decay(from start: Timestamp, to end: Timestamp) -> Double {
        end == start ? 1 : Double.exp(-decayRatePerDay * end.days(since: start))
    }
}
