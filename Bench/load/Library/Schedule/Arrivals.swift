import Glibc

/// How arrivals follow each other.
public enum Spacing: String, Sendable, CaseIterable {
    /// At random, as those of many users who know nothing of each other.
    case poisson
    /// With equal gaps, or as equal as a changing rate lets them be.
    case even
}

/// The planned instants of one thread, one after the other.
///
/// Poisson arrivals of T threads, each with 1/T of the rate, are together Poisson arrivals of the whole rate; even ones take turns.
/// Both are found by walking the integral of the rate: from one arrival to the next it grows by an exponential draw, or by 1
/// (E. Çınlar, *Introduction to Stochastic Processes*, time change of a Poisson process), so that changing rates are met exactly.
struct Arrivals {
    private let segments: [Segment]
    private let spacing: Spacing
    private let threads: Double
    private var random: SeededRandom

    private var segment = 0
    /// Seconds from the start to the begin of `segment`, and from there to the last arrival.
    private var segmentStart = 0.0
    private var second = 0.0
    /// By how much the integral has to grow until the next arrival.
    private var gap: Double

    init(schedule: Schedule, spacing: Spacing, thread: Int, of threads: Int, seed: UInt64) {
        segments = schedule.segments
        self.spacing = spacing
        self.threads = Double(threads)
        random = SeededRandom(seed: seed, part: UInt64(thread))
        gap = Double(thread) + 0.5
        if spacing == .poisson { gap = drawnGap() }
    }

    /// Nanoseconds after the start; nil when there are no more. Never falls.
    mutating func next() -> UInt64? {
        while segment < segments.count {
            let current = segments[segment]
            if let time = current.time(for: gap, from: second) {
                second += time
                gap = spacing == .even ? threads : drawnGap()
                return UInt64((segmentStart + second) * 1e9)
            }
            gap -= current.expected(from: second)
            segmentStart += current.seconds
            segment += 1
            second = 0
        }
        return nil
    }

    private mutating func drawnGap() -> Double {
        -log(random.unit()) * threads
    }
}
