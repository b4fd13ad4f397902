import DealHealthServer
import Foundation
import Testing

@testable import dealhealth

@Suite struct SettingsReaderTests {
    private static func read(
        _ environment: [String: String] = [:], flags: [String: String] = [:], only names: Set<String>? = nil
    ) throws(ConfigurationError) -> EffectiveConfiguration {
        try SettingsReader(flags: flags, environment: environment).read(only: names)
    }

    private static func faults(_ environment: [String: String], flags: [String: String] = [:]) -> [String] {
        do {
            _ = try read(environment, flags: flags)
            return []
        } catch {
            return error.faults
        }
    }

    @Test func nothingSetIsTheDefaults() throws {
        let effective = try Self.read()
        #expect(effective.origins.isEmpty)
        #expect(effective.warnings.isEmpty)
        for setting in Setting.all {
            #expect(setting.show(effective.configuration) == setting.show(Configuration()), "\(setting.name)")
        }
        #expect(effective.configuration.serverSettings.version == DealHealth.version)
    }

    // MARK: precedence

    @Test func strongerSourcesWin() throws {
        let folder = try SettingsFolder()
        let file = try folder.write("settings", "PORT=1004\nHOST=file\nDATA_DIR=file\nSERVICE_NAME=file\n")
        let secrets = try folder.make("secrets")
        try folder.write("secrets/PORT", "1003\n")
        try folder.write("secrets/data_dir", "secret\n")
        try folder.write("secrets/HOST", "secret\n")
        let environment = ["CONFIG_FILE": file, "SECRETS_DIR": secrets, "PORT": "1002", "HOST": "environment"]
        let effective = try Self.read(environment, flags: ["PORT": "1001"])
        #expect(effective.configuration.server.port == 1_001)
        #expect(effective.configuration.server.host == "environment")
        #expect(effective.configuration.log.directory == "secret")
        #expect(effective.configuration.service.name == "file")
        #expect(effective.origins["PORT"] == .flag("port"))
        #expect(effective.origins["HOST"] == .environment)
        #expect(effective.origins["DATA_DIR"] == .secret("\(secrets)/data_dir"))
        #expect(effective.origins["SERVICE_NAME"] == .file(file, line: 4))
        #expect(effective.origins["DEBUG"] == nil)
    }

    @Test func emptyIsNotSet() throws {
        let folder = try SettingsFolder()
        let file = try folder.write("settings", "PORT=8001\n")
        let effective = try Self.read(["CONFIG_FILE": file, "PORT": "", "OPENAI_API_KEY": ""])
        #expect(effective.configuration.server.port == 8_001)
        #expect(effective.configuration.tips.openAIKey == nil)
    }

    @Test func flagNamesTheFileOverTheEnvironment() throws {
        let folder = try SettingsFolder()
        let file = try folder.write("settings", "PORT=8001\nSECRETS_DIR=\(try folder.make("secrets"))\n")
        try folder.write("secrets/JWT_SECRET", String(repeating: "s", count: 32) + "\n")
        let effective = try Self.read(["CONFIG_FILE": "/nowhere"], flags: ["CONFIG_FILE": file])
        #expect(effective.configuration.server.port == 8_001)
        #expect(effective.configuration.tokens.secret == Secret(String(repeating: "s", count: 32)))
    }

    /// As Kubernetes mounts them: each file is a link through a hidden link to a hidden directory.
    @Test func secretsAreReadThroughLinks() throws {
        let folder = try SettingsFolder()
        let secrets = try folder.make("secrets/..2026")
        try folder.write("secrets/..2026/SERVICE_NAME", "linked")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/secrets/..data", withDestinationPath: "..2026")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/secrets/SERVICE_NAME", withDestinationPath: "..data/SERVICE_NAME")
        let effective = try Self.read(["SECRETS_DIR": "\(folder.path)/secrets"])
        #expect(effective.configuration.service.name == "linked", "\(secrets)")
        #expect(effective.warnings.isEmpty)
    }

    @Test func rotatedSecretIsSeenByTheNextRead() throws {
        let folder = try SettingsFolder()
        let reader = SettingsReader(environment: ["SECRETS_DIR": folder.path, "PORT": "bad"])
        for letter in ["a", "b"] {
            let secret = String(repeating: letter, count: 40)
            try folder.write("jwt_secret", secret)
            let effective = try reader.read(only: ["JWT_SECRET"])
            #expect(effective.configuration.tokens.secret?.text == secret)
        }
    }

    // MARK: faults

    @Test func allFaultsAreListedAtOnce() throws {
        let folder = try SettingsFolder()
        let file = try folder.write("settings", "# ours\nMONITORING_LOG_LEVEL=loud\nno assignment\n")
        let faults = Self.faults(
            [
                "CONFIG_FILE": file, "PORT": "http", "JWT_SECRET": "short-secret", "JWT_ALGORITHM": "none",
                "HEALTH_CALCULATION_BASE_RATE": "2", "REDIS_URL": "http://:hush@host", "TLS_KEY_FILE": "/key.pem",
            ], flags: ["MONITORING_METRICS_PORT": "65536"])
        #expect(
            Set(faults) == [
                "\(file):3: must be NAME=value, with quotes closed and nothing after them",
                "MONITORING_LOG_LEVEL=loud (\(file):2) must be one of trace, debug, info, notice, warning, error, critical",
                "PORT=http (environment) must be an integer in [0, 65535]",
                "MONITORING_METRICS_PORT=65536 (--metrics-port) must be an integer in [0, 65535]",
                "JWT_SECRET=******** (environment) must be at least 32 bytes, or {\"kid\":\"secret\",…} with 1 to 16 of these",
                "JWT_ALGORITHM=none (environment) must be one of HS256",
                "HEALTH_CALCULATION_BASE_RATE=2 (environment) must be a number in [0, 1]",
                "REDIS_URL=http://:********@host (environment) must be a URL as redis://host:port",
                "TLS_CERTIFICATE_FILE and TLS_KEY_FILE need each other: set both or neither",
            ])
    }

    @Test func faultsOfOtherSettingsDoNotStopACommand() throws {
        let effective = try Self.read(["PORT": "bad", "DATA_DIR": "/log"], only: ["DATA_DIR"])
        #expect(effective.configuration.log.directory == "/log")
    }

    @Test func sourcesThatCannotBeReadAreFaults() throws {
        let folder = try SettingsFolder()
        try folder.make("secrets/JWT_SECRET")
        try folder.write("secrets/PORT", "1")
        try folder.write("secrets/port", "2")
        let secrets = "\(folder.path)/secrets"
        #expect(
            Self.faults(["CONFIG_FILE": "/nowhere", "SECRETS_DIR": secrets]) == [
                "\(secrets)/JWT_SECRET must be readable text of at most 1048576 bytes",
                "\(secrets)/port must not stand beside \(secrets)/PORT: both are PORT",
                "CONFIG_FILE=/nowhere must be readable text of at most 1048576 bytes",
            ])
        #expect(
            Self.faults(["SECRETS_DIR": "/nowhere"]) == ["SECRETS_DIR=/nowhere must be a directory that can be listed"])
    }

    @Test(arguments: [
        [
            "DEALHEALTH_FAILPOINT": "after-commit:1", "ENVIRONMENT": "Production",
            "JWT_SECRET": String(repeating: "s", count: 32),
        ],
        ["PORT": "9090"],
        ["ENVIRONMENT": "production"],
        ["READS_PROTECTED": "true"],
        ["SECURITY_ALLOWED_ORIGINS": "https://shop.example/path"],
        ["RATE_LIMIT_BURST_SIZE": "5"],
        ["TLS_CERTIFICATE_FILE": "/chain.pem"],
    ])
    func settingsThatContradictEachOtherAreOneFault(environment: [String: String]) {
        #expect(Self.faults(environment).count == 1)
    }

    @Test func aKeyPastedForItsPathIsNotShown() {
        let faults = Self.faults(["TLS_KEY_FILE": "-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n"])
        #expect(faults == ["TLS_KEY_FILE=-----BEGIN PRIVATE KEY-----… (environment) must be a path"])
    }

    // MARK: unknown names

    @Test func unknownNamesOfOursWarn() throws {
        let folder = try SettingsFolder()
        let file = try folder.write("settings", "POTR=1\n")
        let secrets = try folder.make("secrets")
        try folder.write("secrets/jwt_secrets", "x")
        try folder.write("secrets/postgres_password", "others'")
        let warnings = try Self.read([
            "CONFIG_FILE": file, "SECRETS_DIR": secrets, "HEALTH_CALCULATION_DECAY_RATE": "0.1",
            "RATE_LIMIT_BURST_SIZES": "5", "PATH": "/bin", "DEALHEALTH_SERVICE_HOST": "10.0.0.1",
            "DEALHEALTH_PORT_8000_TCP": "tcp://10.0.0.1:8000",
        ]).warnings
        #expect(
            Set(warnings) == [
                "POTR (\(file):1) is no setting and does nothing; did you mean PORT?",
                "jwt_secrets (\(secrets)/jwt_secrets) is no setting and does nothing; did you mean JWT_SECRET?",
                "HEALTH_CALCULATION_DECAY_RATE (environment) is no setting and does nothing",
                "RATE_LIMIT_BURST_SIZES (environment) is no setting and does nothing; did you mean RATE_LIMIT_BURST_SIZE?",
            ])
    }

    @Test(arguments: UnknownNames.prefixes) func everyPrefixIsOurs(prefix: String) {
        #expect(Setting.all.contains { $0.name.hasPrefix(prefix) })
    }
}
