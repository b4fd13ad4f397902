import DealHealthCore
import DealHealthEngine

/// A deal's score as the predecessor told it: whole points; a deal without events reads as the prior alone, 50.
struct PredecessorScore {
    /// Points in [0, 100], rounded to nearest, halves up.
    let points: Int
    /// [0, 1]
    let confidence: Double

    init(_ score: Score) {
        points = Int(score.healthScore.rounded())
        confidence = score.confidence
    }

    /// Of the published state of a deal, now.
    init(of dealID: String, _ engine: Engine) {
        var dealID = dealID
        let state = dealID.withUTF8 { engine.state(of: UnsafeRawBufferPointer($0)) }
        self.init(Score(of: state ?? DealState(), at: engine.now(), settings: engine.scoring.settings))
    }
}
