import ArgumentParser
import DealHealthServer

/// `dealhealth token`: prints the token alone, so that `$(…)` takes it.
struct MintToken: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make a token for a client.",
        discussion: """
            Signed with JWT_SECRET (its first key, if it has several), from JWT_ISSUER and for JWT_AUDIENCE if they are set: as the \
            server has them.
            """)

    @Option(help: "Who the token is for.")
    var subject: String
    @Option(help: "What it allows: deals:read, events:write, admin; several with spaces between.")
    var scope: String
    @Option(help: "Hours that it is valid. [env: JWT_EXPIRATION_HOURS] (default: 24)")
    var expiresHours: UInt32?
    @OptionGroup var sources: SourceOptions

    private static let settings: Set = [
        "JWT_SECRET", "JWT_ALGORITHM", "JWT_EXPIRATION_HOURS", "JWT_ISSUER", "JWT_AUDIENCE",
    ]

    func run() throws {
        let tokens = try sources.effective(only: Self.settings).configuration.tokens
        guard let secret = tokens.secret else { throw ValidationError("Set JWT_SECRET to what the server has.") }
        let mint = TokenMint(keys: try TokenKeys(secret.text), issuer: tokens.issuer, audience: tokens.audience)
        let lifetime = expiresHours.map { .seconds(3_600 * Int64($0)) } ?? tokens.expiration
        print(try mint.token(subject: subject, scope: scope, now: WallClock.now(), lifetime: lifetime))
    }
}
