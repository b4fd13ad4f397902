/// A plot as HTML: an SVG that stretches to whatever room there is, and its labels as text beside it, which does not stretch.
///
/// So the same plot is readable on a phone and on a wide screen. Colours are classes of the page's style.
struct Plot {
    /// What is drawn, in this order.
    enum Layer {
        /// Points by rising x, joined; a nil is a gap.
        case line([Point?], style: String)
        /// The same, filled down to the axis.
        case area([Point?], style: String)
        /// Bars from the axis, each as wide as given, beginning at its x.
        case bars([Point], width: Double, style: String)
        /// From one x to another, over the whole height.
        case band(from: Double, to: Double, style: String)
        /// At an x, over the whole height, with text at its top when there is one.
        case rule(at: Double, label: String?, style: String)
    }

    struct Point {
        var x: Double
        var y: Double
    }

    /// A line's name and style.
    struct LegendEntry {
        var name: String
        var style: String
    }

    var title: String
    /// What there is to see, for those who cannot.
    var summary: String
    var x: PlotAxis
    var y: PlotAxis
    var layers: [Layer]
    var legend: [LegendEntry] = []
    /// Half as high.
    var isLow = false

    private static let width = 1_000.0
    private static let height = 300.0

    var html: String {
        let entries = legend.map { "<li><i class=\"key \($0.style)\"></i>\(HTML.escaped($0.name))</li>" }.joined()
        let yLabels = y.ticks.map {
            "<span style=\"bottom:\(Self.percent(y.position($0.value)))\">\(HTML.escaped($0.label))</span>"
        }
        let xLabels = x.ticks.map {
            "<span style=\"left:\(Self.percent(x.position($0.value)))\">\(HTML.escaped($0.label))</span>"
        }
        return """
            <figure class="plot\(isLow ? " low" : "")">
            <figcaption>\(HTML.escaped(title))</figcaption>
            \(legend.isEmpty ? "" : "<ul class=\"legend\">\(entries)</ul>")
            <div class="frame">
            <div class="y" aria-hidden="true">\(yLabels.joined())</div>
            <div class="area">
            <svg viewBox="0 0 1000 300" preserveAspectRatio="none" role="img" aria-label="\(HTML.escaped(summary))">
            \(grid)\(layers.map(svg).joined(separator: "\n"))
            </svg>\(ruleLabels)
            </div>
            <div class="x\(x.ticks.count > 5 ? " many" : "")" aria-hidden="true">\(xLabels.joined())</div>
            </div>
            </figure>
            """
    }

    // MARK: drawing

    private var grid: String {
        let across = y.ticks.map { tick in
            let top = Self.text(Self.height * (1 - y.position(tick.value)))
            return "M0 \(top)H1000"
        }
        let along = x.ticks.map { "M\(left($0.value)) 0V300" }
        return "<path class=\"grid\" d=\"\((across + along).joined())\"/>\n"
    }

    private func svg(_ layer: Layer) -> String {
        switch layer {
        case .line(let points, let style):
            return "<path class=\"mark line \(style)\" d=\"\(Self.runs(points).map(path).joined())\"/>"
        case .area(let points, let style):
            let shapes = Self.runs(points).map { run in
                "\(path(run))L\(left(run[run.count - 1].x)) 300L\(left(run[0].x)) 300Z"
            }
            return "<path class=\"mark fill \(style)\" d=\"\(shapes.joined())\"/>"
        case .bars(let points, let width, let style):
            let bars = points.map { point in
                "M\(left(point.x)) 300V\(top(point.y))H\(left(point.x + width))V300Z"
            }
            return "<path class=\"mark fill \(style)\" d=\"\(bars.joined())\"/>"
        case .band(let start, let end, let style):
            return "<path class=\"mark fill \(style)\" d=\"M\(left(start)) 0H\(left(end))V300H\(left(start))Z\"/>"
        case .rule(let value, _, let style):
            return "<path class=\"mark line \(style)\" d=\"M\(left(value)) 0V300\"/>"
        }
    }

    /// Neighbours in rows of their own.
    private var ruleLabels: String {
        let labels = layers.compactMap { layer in
            if case .rule(let value, let label?, let style) = layer { (value, label, style) } else { nil }
        }
        return labels.enumerated().map { index, rule in
            let position = x.position(rule.0)
            // Towards the middle, so that none leaves the plot.
            let side = position > 0.5 ? "right:\(Self.percent(1 - position))" : "left:\(Self.percent(position))"
            return "<span class=\"rule row\(index % 4) \(rule.2)\" style=\"\(side)\">\(HTML.escaped(rule.1))</span>"
        }.joined()
    }

    private func path(_ points: [Point]) -> String {
        // A point alone is a short dash, or nobody would see it.
        let points = points.count == 1 ? [points[0], points[0]] : points
        return points.enumerated().map { "\($0.offset == 0 ? "M" : "L")\(left($0.element.x)) \(top($0.element.y))" }
            .joined()
    }

    private static func runs(_ points: [Point?]) -> [[Point]] {
        points.split { $0 == nil }.map { $0.compactMap { $0 } }
    }

    private func left(_ value: Double) -> String { Self.text(Self.width * x.position(value)) }

    private func top(_ value: Double) -> String { Self.text(Self.height * (1 - y.position(value))) }

    private static func percent(_ share: Double) -> String { "\(text(share * 100))%" }

    private static func text(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}

enum HTML {
    /// Text as it may stand in an element or in an attribute's quotes.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// A table that scrolls by itself where it is too wide.
    ///
    /// - Parameter rows: cells as HTML; the first of each is the row's heading.
    static func table(_ caption: String, columns: [String], rows: [[String]]) -> String {
        let head = columns.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
        let body = rows.map { row in
            let cells = row.enumerated().map {
                $0.offset == 0 ? "<th scope=\"row\">\($0.element)</th>" : "<td>\($0.element)</td>"
            }
            return "<tr>\(cells.joined())</tr>"
        }
        return """
            <div class="table" tabindex="0" role="region" aria-label="\(escaped(caption))">
            <table><caption>\(escaped(caption))</caption><thead><tr>\(head)</tr></thead>
            <tbody>\(body.joined(separator: "\n"))</tbody></table></div>
            """
    }
}
