import RealModule

/// How good probability forecasts were, measured against what came (Brier 1950; Hanley and McNeil 1982 for the area under the curve).
public struct ForecastQuality: Sendable {
    /// One tenth of the forecasts' range.
    public struct Bin: Sendable {
        public var count = 0
        var forecastSum = 0.0
        var successes = 0

        /// Of the forecasts in it; nil when there are none.
        public var meanForecast: Double? { count > 0 ? forecastSum / Double(count) : nil }
        /// How often it worked; nil when there are none.
        public var observedRate: Double? { count > 0 ? Double(successes) / Double(count) : nil }
    }

    public private(set) var count = 0
    public private(set) var bins = Array(repeating: Bin(), count: 10)
    private var squares = 0.0
    private var logarithms = 0.0
    /// Forecasts in thousandths, by outcome: enough for an area under the curve to three digits.
    private var successes = Array(repeating: 0, count: resolution + 1)
    private var failures = Array(repeating: 0, count: resolution + 1)

    private static let resolution = 1_000
    /// A forecast of 0 or 1 that fails would cost infinitely much: none of ours is so sure.
    private static let surest = 1e-6

    public init() {}

    /// Adds a forecast, [0, 1], and what came.
    public mutating func add(_ forecast: Double, works: Bool) {
        count += 1
        let outcome = works ? 1.0 : 0.0
        squares += (forecast - outcome) * (forecast - outcome)
        let believed = works ? forecast : 1 - forecast
        logarithms -= Double.log(min(max(believed, Self.surest), 1))
        let bin = min(Int(forecast * Double(bins.count)), bins.count - 1)
        bins[bin].count += 1
        bins[bin].forecastSum += forecast
        bins[bin].successes += works ? 1 : 0
        let place = Int((forecast * Double(Self.resolution)).rounded())
        if works { successes[place] += 1 } else { failures[place] += 1 }
    }

    /// Mean squared distance to the outcomes, [0, 1]; less is better.
    public var brierScore: Double { squares / Double(max(1, count)) }

    /// Mean negative logarithm of what was forecast for what came, >= 0; less is better.
    public var logLoss: Double { logarithms / Double(max(1, count)) }

    /// How often a success had the higher forecast than a failure, ties by half; nil without both.
    public var areaUnderCurve: Double? {
        let (positives, negatives) = (successes.reduce(0, +), failures.reduce(0, +))
        if positives == 0 || negatives == 0 { return nil }
        var (below, wins) = (0, 0.0)
        for place in successes.indices {
            wins += Double(successes[place]) * (Double(below) + Double(failures[place]) / 2)
            below += failures[place]
        }
        return wins / (Double(positives) * Double(negatives))
    }

    /// Expected calibration error, [0, 1]: the mean distance of forecast and observed rate over the bins.
    public var calibrationError: Double {
        bins.reduce(0) { sum, bin in
            guard let forecast = bin.meanForecast, let rate = bin.observedRate else { return sum }
            return sum + Double(bin.count) / Double(count) * abs(forecast - rate)
        }
    }
}
