//! Connections on which only we speak.

use std::{
    io::{self, ErrorKind},
    time::Duration,
};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use url::Url;

use super::{Outbound, OutboundError, Reach, connect, turns_for};

impl Outbound {
    /// Sends bytes over TLS to the host and the port of a URL, closes the connection in order, and waits until
    /// the other side closes it, too: then it has read all. Its words are skipped.
    pub async fn send_over_tls(
        &self,
        url: &Url,
        reach: Reach,
        time: Duration,
        bytes: &[u8],
    ) -> Result<(), OutboundError> {
        let host = url.host_str().ok_or(OutboundError::Address)?.to_owned();
        let talk =
            |error: io::Error| OutboundError::Talk { host: host.clone(), cause: error.to_string() };
        let exchange = async {
            let includes = |address| self.includes(reach, address);
            let stream = connect(url, turns_for(reach), includes).await?;
            let mut stream = self.secure(&host, stream).await?;
            stream.write_all(bytes).await.map_err(talk)?;
            stream.shutdown().await.map_err(talk)?;
            let mut skipped = [0; 256];
            loop {
                match stream.read(&mut skipped).await {
                    Ok(0) => return Ok(()),
                    Ok(_) => {}
                    // Closed without the last word of TLS, which many leave out.
                    Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(()),
                    Err(error) => return Err(talk(error)),
                }
            }
        };
        match tokio::time::timeout(time, exchange).await {
            Ok(result) => result,
            Err(_) => Err(OutboundError::Late { host: host.clone(), time }),
        }
    }
}
