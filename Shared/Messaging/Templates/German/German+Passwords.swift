extension German {
    static let newPassword = Template(
        subject: "{product}: Ihr neues Passwort",
        mail: """
            Der Helpdesk hat ein neues Passwort für Ihr Konto {login} in {store} gesetzt:

                {password}

            {mustChange}

            Sie haben das nicht verlangt? Melden Sie sich sofort beim Helpdesk.

            {product}

            """,
        // On a line of its own, so that nobody types the full stop of a sentence.
        sms: """
            {product}: neues Passwort für {login} in {store}:
            {password}
            {mustChange} Nicht Sie? Helpdesk anrufen.
            """)

    static let passwordReset = Template(
        subject: "{product}: Ihr Passwort wurde zurückgesetzt",
        mail: """
            Der Helpdesk hat am {time} das Passwort Ihres Kontos {login} in {store} zurückgesetzt. War das Konto \
            gesperrt, ist es jetzt entsperrt.

            Sie haben das nicht verlangt? Melden Sie sich sofort beim Helpdesk.

            {product}

            """,
        sms: "{product}: Der Helpdesk hat das Passwort von {login} in {store} zurückgesetzt. Nicht Sie? Bitte anrufen.")

    static let accountUnlocked = Template(
        subject: "{product}: Ihr Konto wurde entsperrt",
        mail: """
            Der Helpdesk hat am {time} Ihr Konto {login} in {store} entsperrt. Das Passwort ist unverändert.

            Sie haben das nicht verlangt? Melden Sie sich sofort beim Helpdesk.

            {product}

            """,
        sms: "{product}: Der Helpdesk hat {login} in {store} entsperrt. Nicht Sie? Bitte sofort den Helpdesk anrufen.")

    static let verificationSkipped = Template(
        subject: "{product}: Ihre Identität wurde nicht geprüft",
        mail: """
            Am {time} wurde der Helpdesk gebeten, {action} ({login}). Wer anrief, wurde nicht nach einem Nachweis \
            gefragt. Der Grund ist festgehalten.

            Sie haben nicht angerufen? Melden Sie sich sofort beim Helpdesk.

            {product}

            """,
        sms: """
            {product}: Der Helpdesk wurde gebeten, {action} ({login}), ohne den Anrufer zu prüfen. \
            Nicht Sie? Bitte sofort anrufen.
            """)
}
