import DealHealthCore

/// Requests of one class that wait or are worked on, and how long one more would wait: decided from the queue, not from the use
/// of the processor, which is as high just before an overload as in it.
///
/// A value without a clock: a shell keeps it behind a lock and tells the times.
struct ServiceQueue {
    /// Requests that can be worked on at once.
    let workers: Int
    /// The longest that a request is let to wait before it is worked on, nanoseconds.
    let waitMax: Double
    /// Requests taken and not ended.
    private(set) var inFlight = 0
    /// Work that one request takes, nanoseconds: moving average over about 16 requests.
    private(set) var meanService = 0.0

    private static let smoothing = 1.0 / 16
    private let inFlightMin: Int

    init(workers: Int, inFlightMin: Int, waitMax: Duration) {
        precondition(workers > 0)
        self.workers = workers
        self.inFlightMin = max(2 * workers, inFlightMin)
        self.waitMax = waitMax.seconds * 1e9
    }

    /// What a request that comes now would wait, nanoseconds.
    var expectedWait: Double {
        Double(max(0, inFlight + 1 - workers)) * meanService / Double(workers)
    }

    /// Whether a request that comes now is taken. `inFlightMin` always are, whatever they take: a worker that is done must find the
    /// next, and a few clients at once are no overload.
    var hasRoom: Bool {
        inFlight < inFlightMin || expectedWait <= waitMax
    }

    /// Takes a request, or refuses it at once.
    mutating func begin() -> Bool {
        guard hasRoom else { return false }
        inFlight += 1
        return true
    }

    /// A request that was taken has ended, `nanoseconds` after it came.
    mutating func end(after nanoseconds: Double) {
        precondition(inFlight > 0, "a request ends once")
        // While more are in flight than there are workers, each also waits for its share of the others (Little 1961).
        let service = nanoseconds * min(1, Double(workers) / Double(inFlight))
        meanService += meanService == 0 ? service : (service - meanService) * Self.smoothing
        inFlight -= 1
    }
}
