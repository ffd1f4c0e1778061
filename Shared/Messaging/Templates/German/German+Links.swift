extension German {
    static let accountLinked = Template(
        subject: "{product}: Zwei Konten wurden verknüpft",
        mail: """
            Am {time} wurde das Konto {login} ({store}) mit dem Konto {otherLogin} ({otherStore}) verknüpft. Was für \
            {otherLogin} hinterlegt ist, weist nun beim Helpdesk für beide nach, wer anruft.

            Es sind nicht beide Ihre Konten, oder Sie haben das nicht erwartet? Melden Sie sich sofort beim Helpdesk.

            {product}

            """,
        sms: "{product}: {login} ({store}) wurde mit {otherLogin} ({otherStore}) verknüpft. Nicht beide Ihre? Anrufen.")

    static let accountUnlinked = Template(
        subject: "{product}: Zwei Konten sind nicht mehr verknüpft",
        mail: """
            Am {time} wurde die Verknüpfung der Konten {login} ({store}) und {otherLogin} ({otherStore}) aufgehoben. \
            Was für {otherLogin} hinterlegt ist, gilt nicht mehr für {login}.

            Sie haben das nicht erwartet? Melden Sie sich beim Helpdesk.

            {product}

            """,
        sms:
            "{product}: {login} ({store}) ist nicht mehr mit {otherLogin} ({otherStore}) verknüpft. Unerwartet? Anrufen."
    )
}
