extension German {
    static let secureLink = Template(
        subject: "{product}: Setzen Sie Ihr Passwort",
        mail: """
            Sie haben wegen Ihres Kontos {login} in {store} beim Helpdesk angerufen. Setzen Sie hier ein neues Passwort:

                {link}

            Der Link gilt einmal und {minutes} Minuten lang. Zeigen Sie ihn niemandem, auch nicht dem Helpdesk.

            Sie haben nicht angerufen? Dann öffnen Sie ihn nicht und melden Sie sich sofort beim Helpdesk.

            {product}

            """,
        // At the end and with nothing after it, so that no phone takes a full stop for part of the address.
        sms: "{product}: Passwort von {login} setzen, {minutes} min gültig. Nicht Sie? Anrufen. {link}")

    static let secureLinkSent = Template(
        subject: "{product}: Ein Link zum Setzen Ihres Passworts wurde verschickt",
        mail: """
            Der Helpdesk hat am {time} einen Link verschickt, mit dem sich das Passwort Ihres Kontos {login} in {store} \
            setzen lässt. Er ging an eine Ihrer eigenen Adressen.

            Sie haben das nicht verlangt? Melden Sie sich sofort beim Helpdesk.

            {product}

            """,
        sms: "{product}: Der Helpdesk hat einen Link für das Passwort von {login} verschickt. Nicht Sie? Bitte anrufen."
    )

    static let passwordSetByLink = Template(
        subject: "{product}: Ihr Passwort wurde gesetzt",
        mail: """
            Das Passwort Ihres Kontos {login} in {store} wurde soeben mit dem Link gesetzt, den der Helpdesk \
            verschickt hatte. War das Konto gesperrt, ist es jetzt entsperrt.

            Das waren nicht Sie? Melden Sie sich sofort beim Helpdesk.

            {product}

            """,
        sms: "{product}: Das Passwort von {login} wurde mit dem Link vom Helpdesk gesetzt. Nicht Sie? Bitte anrufen.")
}
