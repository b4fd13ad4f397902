import Synchronization

extension Atomic where Value == Double {
    /// Replaces the value by what `next` makes of it, or leaves it where that is `nil`.
    ///
    /// A relaxed compare-and-exchange loop: lock-free, and `next` may run more than once. Numbers are compared by
    /// bit pattern, so that -0 and 0 differ and NaN equals itself; the loop always ends.
    func update(_ next: (Double) -> Double?) {
        var current = load(ordering: .relaxed)
        while let value = next(current) {
            let result = weakCompareExchange(expected: current, desired: value, ordering: .relaxed)
            if result.exchanged { return }
            current = result.original
        }
    }
}
