extension German {
    /// AC-07: it says what the code is for, whom to read it to, and what to do if nobody called.
    static let accessCode = Template(
        subject: "{product}: Ihr Zugangscode",
        mail: """
            Sie haben beim Helpdesk angerufen, um {action}. Lesen Sie diesen Code der Person vor, mit der Sie gerade \
            sprechen:

                {code}

            Er gilt {minutes} Minuten und nur für dieses Gespräch.

            Sie haben nicht angerufen? Dann gibt sich vielleicht jemand für Sie aus. Nennen Sie den Code niemandem und \
            melden Sie sich beim Helpdesk.

            {product}

            """,
        sms: """
            {product}: Sie haben angerufen, um {action}. Lesen Sie diesen Code vor: {code} ({minutes} min). \
            Nicht Sie? Niemandem nennen, Helpdesk anrufen.
            """)

    static let enrollmentCode = Template(
        subject: "{product}: Bestätigen Sie Ihre Adresse",
        mail: """
            Sie hinterlegen diese Adresse bei {product}. Geben Sie diesen Code auf der Seite ein:

                {code}

            Er gilt {minutes} Minuten. Niemand vom Helpdesk wird Sie danach fragen.

            Sie hinterlegen gar nichts? Dann tun Sie nichts: Ohne den Code wird diese Adresse nicht verwendet.

            {product}

            """,
        sms: """
            {product}: Ihr Code zum Hinterlegen dieser Nummer ist {code} ({minutes} min). \
            Niemand fragt Sie am Telefon danach. Nicht Sie? Nichts tun.
            """)
}
