//! Hands mails to a mail server (RFC 5321), through lettre.

mod bounded;
mod error;
mod message;

use std::time::Duration;

use lettre::{
    address::Envelope,
    transport::smtp::{
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters},
        extension::ClientId,
    },
};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use self::bounded::BoundedStream;
pub use self::{
    error::{SmtpError, SmtpStage},
    message::OutgoingMail,
};
use super::{Outbound, Reach, connect_to, secure_with, turns_for, unverified_connector};
use crate::model::{MailServer, MailTls};

/// How long it may take to connect and sign in, and then to hand over one mail.
const TIME: Duration = Duration::from_secs(30);
/// How long the server may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

impl Outbound {
    /// Hands a mail to the mail server.
    pub async fn send_mail(
        &self,
        server: &MailServer,
        mail: &OutgoingMail,
    ) -> Result<(), SmtpError> {
        let (envelope, text) = message::build(&server.from, mail)?;
        let mut connection = self.within(server, self.open_smtp(server)).await?;
        let sent = tokio::time::timeout(TIME, send(&mut connection, &envelope, &text)).await;
        let sent = sent.unwrap_or(Err(SmtpError::Slow { time: TIME }));
        leave(&mut connection).await;
        sent
    }

    async fn within<T>(
        &self,
        server: &MailServer,
        work: impl Future<Output = Result<T, SmtpError>>,
    ) -> Result<T, SmtpError> {
        let late = || SmtpError::Late { host: server.host.clone(), time: TIME };
        tokio::time::timeout(TIME, work).await.unwrap_or_else(|_| Err(late()))
    }

    /// Connects, encrypts the connection as configured, and signs in.
    async fn open_smtp(&self, server: &MailServer) -> Result<AsyncSmtpConnection, SmtpError> {
        let fault = |stage| move |error| SmtpError::of(server, stage, &error);
        // An administrator configured it, so it may be on an inside network.
        let stream = connect_to(&server.host, server.port, turns_for(Reach::Anywhere), |_| true);
        let stream = stream.await?;
        let name = client_name(&stream);
        let peer = stream.peer_addr().map_err(|error| SmtpError::Talk {
            host: server.host.clone(),
            cause: error.to_string(),
        })?;
        let stream: Box<dyn AsyncTokioStream> = match server.tls {
            MailTls::Tls => BoundedStream::new(self.secure_smtp(server, stream).await?, peer),
            MailTls::None => BoundedStream::new(stream, peer),
            MailTls::StartTls => BoundedStream::byte_by_byte(stream, peer),
        };
        let mut connection = AsyncSmtpConnection::connect_with_transport(stream, &name)
            .await
            .map_err(fault(SmtpStage::Greeting))?;
        if server.tls == MailTls::StartTls {
            if !connection.can_starttls() {
                return Err(SmtpError::NoStartTls { host: server.host.clone() });
            }
            let parameters = self.tls_parameters(server)?;
            connection.starttls(parameters, &name).await.map_err(fault(SmtpStage::Tls))?;
        }
        if server.has_login() {
            let login = Credentials::new(server.user.clone(), server.password.expose().to_owned());
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&mechanisms, &login).await.map_err(fault(SmtpStage::Login))?;
        }
        Ok(connection)
    }

    async fn secure_smtp(
        &self,
        server: &MailServer,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, SmtpError> {
        if server.skips_verification {
            return Ok(secure_with(&unverified_connector(), &server.host, stream).await?);
        }
        Ok(self.secure(&server.host, stream).await?)
    }

    /// The parameters of lettre for STARTTLS: the same authorities as for all other connections.
    fn tls_parameters(&self, server: &MailServer) -> Result<TlsParameters, SmtpError> {
        let fault = |cause: String| SmtpError::Tls { host: server.host.clone(), cause };
        let mut builder = TlsParameters::builder(server.host.clone())
            .dangerous_accept_invalid_certs(server.skips_verification)
            .dangerous_accept_invalid_hostnames(server.skips_verification);
        for certificate in self.authorities.der() {
            let certificate = Certificate::from_der(certificate.to_vec());
            builder = builder.add_root_certificate(certificate.map_err(|e| fault(e.to_string()))?);
        }
        builder.build_rustls().map_err(|error| fault(error.to_string()))
    }
}

/// The own address in EHLO (RFC 5321 §4.1.1.1): the name of a container means nothing to the server.
fn client_name(stream: &TcpStream) -> ClientId {
    match stream.local_addr().map(|address| address.ip()) {
        Ok(std::net::IpAddr::V4(address)) => ClientId::Ipv4(address),
        Ok(std::net::IpAddr::V6(address)) => ClientId::Ipv6(address),
        Err(_) => ClientId::Domain("localhost".to_owned()),
    }
}

/// Takes leave of the server. Whatever it says to that, or does not, it has the mail or has refused it.
async fn leave(connection: &mut AsyncSmtpConnection) {
    drop(tokio::time::timeout(GOODBYE, connection.quit()).await);
}

async fn send(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
    text: &[u8],
) -> Result<(), SmtpError> {
    connection.send(envelope, text).await.map(drop).map_err(|error| SmtpError::of_mail(&error))
}
