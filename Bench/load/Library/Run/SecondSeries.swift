/// Puts the seconds of all workers together, in order and without gaps.
struct SecondSeries {
    private let workers: Int
    /// Seconds that not all workers have ended.
    private var open: [Int: (count: Int, Interval)] = [:]
    private(set) var samples: [SecondSample] = []

    init(workers: Int) {
        self.workers = workers
    }

    /// Takes what workers have ended, and tells the seconds that are complete.
    mutating func add(from control: RunControl, tell: (SecondSample) -> Void) {
        let ended = control.takeEnded()
        for interval in ended { add(interval) }
        control.giveBack(ended)
        // A worker that was held up skips seconds, which are complete when it ended a later one.
        while let (count, interval) = open[samples.count], count == workers || isPast(samples.count) {
            close(interval, tell)
        }
    }

    /// Tells all that is left.
    mutating func finish(from control: RunControl, tell: (SecondSample) -> Void) {
        add(from: control, tell: tell)
        guard let last = open.keys.max() else { return }
        while samples.count <= last {
            var empty = Interval()
            empty.second = samples.count
            close(open[samples.count]?.1 ?? empty, tell)
        }
    }

    private func isPast(_ second: Int) -> Bool {
        open.keys.contains { $0 > second + 2 }
    }

    private mutating func add(_ interval: Interval) {
        guard var (count, sum) = open[interval.second] else {
            open[interval.second] = (1, interval)
            return
        }
        sum.merge(interval)
        count += 1
        open[interval.second] = (count, sum)
    }

    private mutating func close(_ interval: Interval, _ tell: (SecondSample) -> Void) {
        open[samples.count] = nil
        samples.append(interval.sample)
        tell(interval.sample)
    }
}
