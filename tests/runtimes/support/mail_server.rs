//! A mail server that takes its time: it answers no mail before it is told to.

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use super::soon;

/// The server.
pub(crate) struct MailServer {
    /// As `MAIL_URL` names it.
    pub(crate) url: String,
    /// Every mail that has reached it, answered or not.
    mails: watch::Receiver<Vec<String>>,
    answers: watch::Sender<bool>,
}

impl MailServer {
    /// One that answers only once [`Self::answer`] is called.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, mails) = watch::channel(Vec::new());
        let (answers, may_answer) = watch::channel(false);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, sender.clone(), may_answer.clone()));
            }
        });
        Self {
            url: format!("smtp://{address}?tls=off"),
            mails,
            answers,
        }
    }

    /// From now on it answers, those that wait as well.
    pub(crate) fn answer(&self) {
        self.answers.send_replace(true);
    }

    /// The first mail, once it is there.
    pub(crate) async fn first(&self) -> String {
        let mut mails = self.mails.clone();
        let first = soon("a mail", mails.wait_for(|all| !all.is_empty())).await;
        first.unwrap()[0].clone()
    }
}

async fn talk(
    stream: TcpStream,
    mails: watch::Sender<Vec<String>>,
    mut may_answer: watch::Receiver<bool>,
) -> Option<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 here\r\n").await.ok()?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line.starts_with("DATA") {
            stream.write_all(b"354 go on\r\n").await.ok()?;
            let mut mail = String::new();
            while !mail.ends_with("\r\n.\r\n") {
                stream.read_line(&mut mail).await.ok()?;
            }
            mails.send_modify(|all| all.push(mail));
            may_answer.wait_for(|may| *may).await.ok()?;
        }
        stream.write_all(b"250 ok\r\n").await.ok()?;
    }
}
