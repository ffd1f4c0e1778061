import Model

/// Spanish, with formal address. SMS are sent without the accents their alphabet lacks (`GSMText`).
enum Spanish: MessageWords {
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
            ["true": "Debe cambiarla cuando inicie su sesión.", "false": "Puede conservarla o cambiarla."][value]
        case .login, .store, .otherLogin, .otherStore, .password, .code, .link, .minutes, .product, .time: nil
        }
    }

    private static func phrase(for action: HelpdeskAction) -> String {
        switch action {
        case .resetPassword: "restablecer su contraseña"
        case .unlockAccount: "desbloquear su cuenta"
        }
    }

    private static func phrase(for factor: AuthenticationType) -> String {
        switch factor {
        case .securityQuestions: "preguntas de seguridad"
        case .mobile: "teléfono móvil"
        case .email: "correo electrónico"
        case .authenticator: "aplicación de autenticación"
        case .linkAccount: "cuenta vinculada"
        case .yubiKey: "YubiKey"
        case .windowsHello: "Windows Hello"
        }
    }
}
