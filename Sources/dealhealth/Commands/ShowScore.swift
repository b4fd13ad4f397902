import ArgumentParser
import Foundation
import FoundationNetworking

/// `dealhealth score DEAL`: what a running server says of a deal.
struct ShowScore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "score", abstract: "Show a deal's score.")

    @Argument(help: "The deal's id.")
    var deal: String
    @OptionGroup var server: ServerOptions

    private struct Health: Decodable {
        var dealID: String
        var merchantID: Int64?
        var healthScore: Double
        var confidence: Double
        var interval: [Double]
        var status: String
        var events: Int
        var lastEventAt: String

        enum CodingKeys: String, CodingKey {
            case dealID = "deal_id"
            case merchantID = "merchant_id"
            case healthScore = "health_score"
            case lastEventAt = "last_event_at"
            case confidence, interval, status, events
        }
    }

    func run() async throws {
        var allowed = CharacterSet.urlPathAllowed
        allowed.remove("/")
        let id = deal.addingPercentEncoding(withAllowedCharacters: allowed) ?? deal
        let request = URLRequest(url: try server.endpoint("/v1/deals/\(id)/health"))
        let (status, body) = try await ServerOptions.send(request)
        guard status == 200 else {
            Console.say(status == 404 ? "no events of deal \(deal)" : String(decoding: body, as: UTF8.self))
            throw ExitCode(1)
        }
        let health = try JSONDecoder().decode(Health.self, from: body)
        print("\(health.dealID)  \(health.status)")
        print("score       \(health.healthScore) of 100, between \(health.interval[0]) and \(health.interval[1])")
        print("confidence  \(health.confidence)")
        print("evidence    \(health.events) events, the latest at \(health.lastEventAt)")
        if let merchantID = health.merchantID { print("merchant    \(merchantID)") }
    }
}
