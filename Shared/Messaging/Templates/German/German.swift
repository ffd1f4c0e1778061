import Model

/// German, with formal address.
enum German: MessageWords {
    static func template(for kind: MessageKind) -> Template {
        switch kind {
        case .accessCode: accessCode
        case .enrollmentCode: enrollmentCode
        case .newPassword: newPassword
        case .passwordReset: passwordReset
        case .secureLink: secureLink
        case .secureLinkSent: secureLinkSent
        case .passwordSetByLink: passwordSetByLink
        case .accountUnlocked: accountUnlocked
        case .factorEnrolled: factorEnrolled
        case .factorRemoved: factorRemoved
        case .factorUnenrolled: factorUnenrolled
        case .addressChanged: addressChanged
        case .factorLocked: factorLocked
        case .accountLinked: accountLinked
        case .accountUnlinked: accountUnlinked
        case .enrollmentReminder: enrollmentReminder
        case .verificationSkipped: verificationSkipped
        }
    }

    static func phrase(for field: MessageField, value: String) -> String? {
        switch field {
        case .action: HelpdeskAction(rawValue: value).map(phrase)
        case .factor, .types: AuthenticationType(rawValue: value).map(phrase)
        case .mustChange:
            ["true": "Bei der Anmeldung müssen Sie es ändern.", "false": "Sie können es behalten oder ändern."][value]
        case .login, .store, .otherLogin, .otherStore, .password, .code, .link, .minutes, .product, .time: nil
        }
    }

    private static func phrase(for action: HelpdeskAction) -> String {
        switch action {
        case .resetPassword: "Ihr Passwort zurückzusetzen"
        case .unlockAccount: "Ihr Konto zu entsperren"
        }
    }

    private static func phrase(for factor: AuthenticationType) -> String {
        switch factor {
        case .securityQuestions: "Sicherheitsfragen"
        case .mobile: "Mobiltelefon"
        case .email: "E-Mail-Adresse"
        case .authenticator: "Authenticator-App"
        case .linkAccount: "verknüpftes Konto"
        case .yubiKey: "YubiKey"
        case .windowsHello: "Windows Hello"
        }
    }
}
