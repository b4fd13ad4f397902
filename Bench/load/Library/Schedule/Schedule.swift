/// When requests are to start, fixed before the first of them, whatever the server does.
public struct Schedule: Sendable, Hashable {
    public let phases: [Phase]
    /// Seconds at the first phase's first rate before the phases begin, of which nothing is counted.
    public let warmupSeconds: Double

    /// All segments in order, the warm-up included.
    let segments: [Segment]
    /// When each phase ends, in nanoseconds after the start; the warm-up belongs to the first.
    private let phaseEnds: [UInt64]

    public init(phases: [Phase], warmupSeconds: Double = 0) {
        precondition(!phases.isEmpty, "a schedule has phases")
        (self.phases, self.warmupSeconds) = (phases, warmupSeconds)
        var segments = phases.flatMap(\.segments)
        if warmupSeconds > 0 { segments.insert(Segment(seconds: warmupSeconds, rate: segments[0].startRate), at: 0) }
        self.segments = segments
        var end = warmupSeconds
        var ends: [UInt64] = []
        for phase in phases {
            end += phase.seconds
            ends.append(UInt64(end * 1e9))
        }
        phaseEnds = ends
    }

    /// Of the phases, without the warm-up.
    public var measuredSeconds: Double { phases.reduce(0) { $0 + $1.seconds } }

    /// Nanoseconds from the start to the instant from which on arrivals are counted.
    var measuredFrom: UInt64 { UInt64(warmupSeconds * 1e9) }
    /// Nanoseconds from the start to the end.
    var end: UInt64 { phaseEnds[phaseEnds.count - 1] }

    /// The index of the phase that an instant belongs to; of the last one from the end on. O(phases).
    func phase(at nanoseconds: UInt64) -> Int {
        phaseEnds.firstIndex { nanoseconds < $0 } ?? phaseEnds.count - 1
    }
}
