import ArgumentParser
import DealHealthServer
import Foundation
import FoundationNetworking

/// The option of every command that talks to a running server.
struct ServerOptions: SettingOptions {
    @Option(help: "Address of the server. (default: http://HOST:PORT, http://127.0.0.1:8000)")
    var url: String?
    @OptionGroup var sources: SourceOptions

    var flags: [String: String?] { sources.flags }

    /// The address of `path` on the server.
    func endpoint(_ path: String) throws -> URL {
        let base = try url ?? defaultBase()
        guard let url = URL(string: base + path) else { throw ValidationError("--url \(base) is not a URL.") }
        return url
    }

    private func defaultBase() throws -> String {
        let server = try effective(only: ["HOST", "PORT"]).configuration.server
        return "http://\(server.host == "0.0.0.0" ? "127.0.0.1" : server.host):\(server.port)"
    }

    /// Sends one request; a server that cannot be reached is a line with what to do.
    static func send(_ request: URLRequest, body: Data? = nil) async throws -> (status: Int, body: Data) {
        do {
            let (data, response) =
                if let body {
                    try await URLSession.shared.upload(for: request, from: body)
                } else {
                    try await URLSession.shared.data(for: request)
                }
            return ((response as? HTTPURLResponse)?.statusCode ?? 0, data)
        } catch let error as URLError {
            throw ValidationError(
                "No answer from \(request.url?.absoluteString ?? "the server"): \(error.localizedDescription). Start `dealhealth serve`, or set --url."
            )
        }
    }
}
