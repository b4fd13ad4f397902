import Testing

@testable import DealHealthLoad

@Suite("Live progress")
struct LiveProgressTests {
    private static func sample(at seconds: Double) -> ProgressSample {
        ProgressSample(
            elapsedSeconds: seconds, totalSeconds: 120, plannedPerSecond: 2_000, completedPerSecond: 1_998,
            p50Seconds: 214e-6, p99Seconds: 1.2e-3, errors: 0, backlog: 3)
    }

    private static let text =
        "00:12/02:00  planned 2,000/s  done 1,998/s  p50 214 µs  p99 1.20 ms  errors 0  backlog 3"

    private final class Paper {
        var text = ""
    }

    private static func written(isTerminal: Bool, _ body: (inout LiveProgress) -> Void) -> String {
        let paper = Paper()
        var progress = LiveProgress(isTerminal: isTerminal) { paper.text += $0 }
        body(&progress)
        return paper.text
    }

    @Test func aTerminalHasOneLineThatIsDrawnAgain() {
        let written = Self.written(isTerminal: true) { progress in
            progress.show(Self.sample(at: 12))
            progress.say("the server was killed")
            progress.show(Self.sample(at: 12))
            progress.end()
            progress.end()
        }
        #expect(
            written == "\r\(Self.text)\u{1b}[K\rthe server was killed\u{1b}[K\n\r\(Self.text)\u{1b}[K\n")
    }

    @Test func aFileHasAPlainLineEveryFiveSeconds() {
        let written = Self.written(isTerminal: false) { progress in
            for second in 12..<18 { progress.show(Self.sample(at: Double(second))) }
            progress.end()
        }
        #expect(written == Self.text + "\n" + Self.text.replacing("00:12", with: "00:17") + "\n")
    }

    @Test(arguments: [
        (0, "0"), (214e-6, "214 µs"), (999.6e-6, "1.00 ms"), (1.2e-3, "1.20 ms"), (99.94e-3, "99.9 ms"),
        (3.2, "3.20 s"),
        (90, "90.0 s"), (600, "10.0 min"), (5e-8, "50.0 ns"),
    ])
    func durationsHaveThreeDigitsAndTheUnitThatFits(seconds: Double, text: String) {
        #expect(Readable.duration(seconds) == text)
    }

    @Test(arguments: [(0, "0"), (12.34, "12.3"), (99, "99"), (1_234, "1,234"), (1_234_567.4, "1,234,567")])
    func numbersHaveTheirThousandsApart(value: Double, text: String) {
        #expect(Readable.number(value) == text)
    }

    @Test(arguments: [(0, "0 %"), (1, "100 %"), (0.123_4, "12.3 %"), (0.000_012_3, "0.00123 %")])
    func shares(share: Double, text: String) {
        #expect(Readable.percent(share) == text)
    }
}
