import Testing

@testable import DealHealthServer

@Suite struct ExpositionFormatTests {
    /// What Prometheus 2.42 sends.
    private static let prometheus2 =
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    /// What Prometheus 3 sends.
    private static let prometheus3 =
        "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
        + "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
        + "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"

    @Test(arguments: [
        prometheus2, prometheus3, "application/openmetrics-text", "APPLICATION/OpenMetrics-Text ; Version=\"1.0.0\"",
        "application/openmetrics-text, */*", "text/plain;q=0.5, application/openmetrics-text;q=0.5",
        "text/plain;q=0, application/openmetrics-text;q=0.1, */*", "text/*;q=0.4,application/openmetrics-text;q=0.5",
        "text/plain;version=1.0.0,application/openmetrics-text;q=0.2",
    ])
    func openMetricsIsChosenWhenNamedAndPreferred(accept: String) {
        #expect(ExpositionFormat.negotiate(accept: accept) == .openMetrics)
    }

    @Test(arguments: [
        nil, "", ",,;", "*/*", "text/plain", "text/html,application/xhtml+xml,*/*;q=0.8", "application/*", "nonsense",
        "application/openmetrics-text;q=0", "application/openmetrics-text;version=2.0.0",
        "application/openmetrics-text;version=0.0.1", "application/openmetrics-text;q=nan",
        "application/openmetrics-text;q=2", "application/openmetrics-text;q=0.2, */*;q=0.3",
        "text/plain;version=0.0.4, application/openmetrics-text;q=0.9",
        String(repeating: "a/b,", count: 10_000) + "application/openmetrics-text",
    ])
    func everythingElseGetsText(accept: String?) {
        #expect(ExpositionFormat.negotiate(accept: accept) == .text)
    }

    @Test func contentTypesNameTheirVersions() {
        #expect(ExpositionFormat.text.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(
            ExpositionFormat.openMetrics.contentType
                == "application/openmetrics-text; version=1.0.0; charset=utf-8")
    }
}
