extension Spanish {
    static let factorEnrolled = Template(
        subject: "{product}: nueva forma de demostrar quién es",
        mail: """
            El {time} se registró algo para su cuenta {login}: {factor}. El servicio de asistencia puede comprobar así \
            que es usted quien llama.

            ¿No ha sido usted? Avise ahora mismo al servicio de asistencia.

            {product}

            """,
        sms: "{product}: registrado para {login}: {factor}. ¿No ha sido usted? Llame a asistencia.")

    static let factorRemoved = Template(
        subject: "{product}: se quitó una forma de demostrar quién es",
        mail: """
            El {time} se quitó algo de su cuenta {login}: {factor}. El servicio de asistencia ya no puede comprobar así \
            que es usted quien llama.

            ¿No ha sido usted? Avise ahora mismo al servicio de asistencia.

            {product}

            """,
        sms: "{product}: quitado de {login}: {factor}. ¿No ha sido usted? Llame a asistencia.")

    static let factorUnenrolled = Template(
        subject: "{product}: asistencia quitó una forma de demostrar quién es",
        mail: """
            El {time} el servicio de asistencia quitó algo de su cuenta {login}: {factor}. Ya no se puede comprobar así \
            que es usted quien llama. Usted mismo puede registrar algo nuevo.

            ¿No lo ha pedido? Avise ahora mismo al servicio de asistencia.

            {product}

            """,
        sms: "{product}: asistencia quitó de {login}: {factor}. ¿No lo ha pedido? Llámenos ya.")

    static let addressChanged = Template(
        subject: "{product}: se cambió su dirección registrada",
        mail: """
            Lo registrado para su cuenta {login} ({factor}) se cambió el {time}. Este mensaje va a la dirección \
            anterior, que ya no se utiliza.

            ¿No ha sido usted? Avise ahora mismo al servicio de asistencia.

            {product}

            """,
        sms: "{product}: cambiado lo registrado para {login} ({factor}). ¿No ha sido usted? Llame a asistencia.")

    static let factorLocked = Template(
        subject: "{product}: respuestas incorrectas para su cuenta",
        mail: """
            Alguien dio valores incorrectos ({factor}, cuenta {login}), así que durante {minutes} minutos no se puede \
            comprobar a nadie de esa forma. Usted puede iniciar sesión. Último intento: {time}.

            ¿No ha sido usted? Avise al servicio de asistencia.

            {product}

            """,
        sms: "{product}: valores incorrectos ({factor}, {login}); bloqueado {minutes} min. ¿No es usted? Llámenos.")
}
