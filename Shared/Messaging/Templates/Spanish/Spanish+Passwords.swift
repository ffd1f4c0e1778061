extension Spanish {
    static let newPassword = Template(
        subject: "{product}: su nueva contraseña",
        mail: """
            El servicio de asistencia ha puesto una contraseña nueva a su cuenta {login} en {store}:

                {password}

            {mustChange}

            ¿No lo ha pedido? Avise ahora mismo al servicio de asistencia.

            {product}

            """,
        // On a line of its own, so that nobody types the full stop of a sentence.
        sms: """
            {product}: nueva contraseña de {login} en {store}:
            {password}
            {mustChange} ¿No es usted? Llame a asistencia.
            """)

    static let passwordReset = Template(
        subject: "{product}: se restableció su contraseña",
        mail: """
            El servicio de asistencia restableció la contraseña de su cuenta {login} en {store} el {time}. Si la cuenta \
            estaba bloqueada, ya no lo está.

            ¿No lo ha pedido? Avise ahora mismo al servicio de asistencia.

            {product}

            """,
        sms: "{product}: asistencia restableció la contraseña de {login} en {store}. ¿No lo ha pedido? Llámenos ya.")

    static let accountUnlocked = Template(
        subject: "{product}: se desbloqueó su cuenta",
        mail: """
            El servicio de asistencia desbloqueó su cuenta {login} en {store} el {time}. La contraseña sigue igual.

            ¿No lo ha pedido? Avise ahora mismo al servicio de asistencia.

            {product}

            """,
        sms: "{product}: asistencia desbloqueó {login} en {store}. ¿No lo ha pedido? Llámenos ahora mismo.")

    static let verificationSkipped = Template(
        subject: "{product}: no se comprobó su identidad",
        mail: """
            El {time} se pidió al servicio de asistencia {action} ({login}) y el agente no comprobó quién llamaba. El \
            motivo queda registrado.

            ¿No ha llamado? Avise ahora mismo al servicio de asistencia.

            {product}

            """,
        sms: """
            {product}: se pidió a asistencia {action} ({login}) sin comprobar quién llamaba. \
            ¿No es usted? Llámenos ya.
            """)
}
