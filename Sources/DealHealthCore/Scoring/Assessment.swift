/// All that is told of a deal at one instant.
public struct Assessment: Sendable, Equatable {
    /// What the evidence says: transparent, and the same in any order of arrival.
    public var score: Score
    /// How likely it is to work: calibrated.
    public var forecast: Forecast

    /// Assesses `state` at `time`, see `Score` and `Forecast`; O(1).
    public init(of state: DealState, at time: Timestamp, settings: ScoringSettings) {
        score = Score(of: state, at: time, settings: settings)
        forecast = Forecast(of: state, at: time, confidence: score.confidence, settings: settings)
    }
}
