extension German {
    static let factorEnrolled = Template(
        subject: "{product}: Ein Nachweis Ihrer Identität kam hinzu",
        mail: """
            Für Ihr Konto {login} wurde am {time} etwas hinterlegt: {factor}. Der Helpdesk kann damit prüfen, ob Sie es \
            sind, wenn jemand anruft.

            Das waren nicht Sie? Melden Sie sich sofort beim Helpdesk.

            {product}

            """,
        sms: "{product}: Für {login} wurde hinterlegt: {factor}. Nicht Sie? Bitte sofort den Helpdesk anrufen.")

    static let factorRemoved = Template(
        subject: "{product}: Ein Nachweis Ihrer Identität wurde entfernt",
        mail: """
            Von Ihrem Konto {login} wurde am {time} etwas entfernt: {factor}. Der Helpdesk kann damit nicht mehr \
            prüfen, ob Sie es sind, wenn jemand anruft.

            Das waren nicht Sie? Melden Sie sich sofort beim Helpdesk.

            {product}

            """,
        sms: "{product}: Von {login} wurde entfernt: {factor}. Nicht Sie? Bitte sofort den Helpdesk anrufen.")

    static let factorUnenrolled = Template(
        subject: "{product}: Der Helpdesk hat einen Nachweis Ihrer Identität entfernt",
        mail: """
            Der Helpdesk hat am {time} von Ihrem Konto {login} etwas entfernt: {factor}. Damit kann nicht mehr geprüft \
            werden, ob Sie es sind, wenn jemand anruft. Sie können selbst etwas Neues hinterlegen.

            Sie haben das nicht verlangt? Melden Sie sich sofort beim Helpdesk.

            {product}

            """,
        sms: "{product}: Der Helpdesk hat von {login} entfernt: {factor}. Nicht verlangt? Bitte sofort anrufen.")

    static let addressChanged = Template(
        subject: "{product}: Ihre hinterlegte Adresse wurde ersetzt",
        mail: """
            Was für Ihr Konto {login} hinterlegt war ({factor}), wurde am {time} ersetzt. Diese Nachricht geht an die \
            alte Adresse, die nicht mehr verwendet wird.

            Das waren nicht Sie? Melden Sie sich sofort beim Helpdesk.

            {product}

            """,
        sms: "{product}: Was für {login} hinterlegt war ({factor}), wurde ersetzt. Nicht Sie? Bitte sofort anrufen.")

    static let factorLocked = Template(
        subject: "{product}: falsche Antworten für Ihr Konto",
        mail: """
            Jemand hat falsche Werte angegeben ({factor}, Konto {login}). Deshalb kann damit {minutes} Minuten lang \
            niemand geprüft werden. Anmelden können Sie sich weiterhin. Letzter Versuch: {time}.

            Das waren nicht Sie? Melden Sie sich beim Helpdesk.

            {product}

            """,
        sms: "{product}: falsche Werte ({factor}, {login}), {minutes} min gesperrt. Nicht Sie? Bitte anrufen.")
}
