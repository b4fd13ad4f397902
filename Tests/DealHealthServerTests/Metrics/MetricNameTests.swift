import Testing

@testable import DealHealthServer

/// Names and labels that callers choose, made safe to expose.
@Suite struct MetricNameTests {
    @Test(arguments: [
        ("dealhealth_commit_duration_seconds", "dealhealth_commit_duration_seconds"), ("a:b_1", "a:b_1"),
        ("http.server-request", "http_server_request"), ("9lives", "_9lives"), ("", "_"), ("é", "_"), ("a b\n", "a_b_"),
    ])
    func invalidScalarsBecomeUnderscores(label: String, name: String) {
        #expect(MetricName.sanitized(label) == name)
    }

    @Test(arguments: [("a", "a_total"), ("a_total", "a_total"), ("a.total", "a_total"), ("a_totals", "a_totals_total")])
    func countersEndInTotal(label: String, name: String) {
        #expect(MetricName.counter(label) == name)
    }

    @Test(arguments: [
        ("route", "route"), ("a:b", "a_b"), ("le", "le_"), ("__name__", "_name__"), ("__", "_"), ("1", "_1"),
    ])
    func reservedLabelNamesAreRenamed(raw: String, name: String) {
        #expect(MetricName.label(raw) == name)
    }

    @Test func longTextIsCutAtAScalarsBorder() {
        let text = "a" + String(repeating: "é", count: 300)
        let cut = MetricName.bounded(text)
        #expect(cut.utf8.count == 255)
        #expect(text.hasPrefix(cut))
        #expect(MetricName.sanitized(String(repeating: "a", count: 1_000)).count == 256)
    }

    @Test func labelsAreSortedAndEscaped() {
        let labels = LabelSet([("b", "x\"y\\z\nÄ"), ("a", "1")])
        #expect(labels.text == "a=\"1\",b=\"x\\\"y\\\\z\\nÄ\"")
    }

    @Test func emptyLabelEqualsMissingLabel() {
        #expect(LabelSet([("a", "")]) == .none)
        #expect(LabelSet([("a", "1"), ("b", "")]) == LabelSet([("a", "1")]))
    }

    @Test func lastOfEqualLabelNamesWins() {
        #expect(LabelSet([("a.b", "1"), ("a-b", "2")]).text == "a_b=\"2\"")
    }

    @Test func numberOfLabelsIsBounded() {
        let labels = LabelSet((10..<60).map { ("l\($0)", "x") })
        #expect(labels.text.split(separator: ",").count == MetricsLimits.labelsPerSeries)
    }
}
