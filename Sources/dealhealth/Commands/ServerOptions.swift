import ArgumentParser
import Foundation
import FoundationNetworking

/// The option of every command that talks to a running server.
struct ServerOptions: ParsableArguments {
    @Option(help: "Address of the server. (default: http://HOST:PORT, http://127.0.0.1:8000)")
    var url: String?

    /// The address of `path` on the server.
    func endpoint(_ path: String) throws -> URL {
        let host = try Setting.value(nil, "HOST", default: "127.0.0.1")
        let port = try Setting.value(nil, "PORT", default: 8_000)
        let base = url ?? "http://\(host == "0.0.0.0" ? "127.0.0.1" : host):\(port)"
        guard let url = URL(string: base + path) else { throw ValidationError("--url \(base) is not a URL.") }
        return url
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
