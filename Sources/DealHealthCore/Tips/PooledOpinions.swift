/// Opinions of one polarity, pooled.
struct PooledOpinions: Sendable, Equatable {
    /// Sum of the values, >= 0: the weight of this side against the other.
    private(set) var sum = 0.0
    /// 1 - Π(1 - value), [0, 1]: the pooled value as of independent witnesses, so repetition saturates.
    private(set) var pooled = 0.0

    /// Adds one opinion of `value`, [0, 1].
    mutating func add(_ value: Double) {
        sum += value
        pooled = 1 - (1 - pooled) * (1 - value)
    }

    /// Strengthens the pooled value by `value`, [0, 1], without a second opinion: an intensifier.
    mutating func strengthen(_ value: Double) {
        guard sum > 0 else { return }
        pooled = 1 - (1 - pooled) * (1 - value)
    }

    /// Adds another pool, both sums scaled by `factor`, [0, 1].
    mutating func add(_ other: PooledOpinions, scaledBy factor: Double) {
        sum += other.sum * factor
        pooled = 1 - (1 - pooled) * (1 - other.pooled * factor)
    }

    /// Discounts everything so far by `factor`, [0, 1].
    mutating func scale(by factor: Double) {
        sum *= factor
        pooled *= factor
    }
}
