import Glibc

/// Draws ranks with probability proportional to rank^-exponent, in constant time and without a table: rejection-inversion
/// (W. Hörmann, G. Derflinger, *Rejection-inversion to generate variates from monotone discrete distributions*, 1996).
struct ZipfSampler {
    private let count: Double
    private let exponent: Double
    private let integralAtFirst: Double
    private let integralAtLast: Double
    /// A draw that is nearer than this to its rank is taken without another look.
    private let squeeze: Double

    /// - Parameters:
    ///   - count: at least 1.
    ///   - exponent: more than 0.
    init(count: Int, exponent: Double) {
        precondition(count >= 1, "there are ranks")
        precondition(exponent > 0, "the first ranks are the most frequent")
        self.count = Double(count)
        self.exponent = exponent
        integralAtFirst = Self.integral(1.5, exponent) - 1
        integralAtLast = Self.integral(Double(count) + 0.5, exponent)
        squeeze = 2 - Self.inverse(Self.integral(2.5, exponent) - Self.weight(2, exponent), exponent)
    }

    /// In [1, count].
    func next(_ random: inout SeededRandom) -> Int {
        while true {
            let drawn = integralAtLast + random.unit() * (integralAtFirst - integralAtLast)
            let exact = Self.inverse(drawn, exponent)
            let rank = min(max((exact + 0.5).rounded(.down), 1), count)
            if rank - exact <= squeeze { return Int(rank) }
            if drawn >= Self.integral(rank + 0.5, exponent) - Self.weight(rank, exponent) { return Int(rank) }
        }
    }

    private static func weight(_ x: Double, _ exponent: Double) -> Double {
        exp(-exponent * log(x))
    }

    /// An integral of `weight`; exact near an exponent of 1 too.
    private static func integral(_ x: Double, _ exponent: Double) -> Double {
        let logarithm = log(x)
        let scaled = (1 - exponent) * logarithm
        return abs(scaled) > 1e-8 ? expm1(scaled) / scaled * logarithm : (1 + scaled / 2) * logarithm
    }

    private static func inverse(_ x: Double, _ exponent: Double) -> Double {
        let scaled = max(-1, x * (1 - exponent))
        return exp(abs(scaled) > 1e-8 ? log1p(scaled) / scaled * x : (1 - scaled / 2) * x)
    }
}
