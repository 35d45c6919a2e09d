//! As much of PostgreSQL's protocol (PostgreSQL 15 manual, chapter 55) as it takes to send a text as one simple query and
//! to see which of its statements was refused, and what is open afterwards. psql shows neither.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// A connection to a database that trusts whoever comes through its socket.
pub struct Connection {
    stream: UnixStream,
}

/// What came of a query.
#[derive(Debug)]
pub struct Answer {
    /// How many of its statements ran to their end.
    pub completed: usize,
    /// What was said against the next one.
    pub error: Option<Refusal>,
    /// Whether a transaction block is open, failed or not.
    pub in_transaction: bool,
}

/// What the server says when it refuses.
#[derive(Clone, Debug, Default)]
pub struct Refusal {
    /// The SQLSTATE.
    pub state: String,
    /// The message.
    pub message: String,
    /// The character of the query at which it stands, counted from 1.
    pub position: Option<usize>,
}

impl Connection {
    /// Connects as the user postgres.
    pub fn open(socket: &Path, database: &str) -> io::Result<Self> {
        let mut stream = UnixStream::connect(socket.join(".s.PGSQL.5432"))?;
        let mut startup = 196_608_u32.to_be_bytes().to_vec();
        for word in ["user", "postgres", "database", database, "client_encoding", "UTF8", ""] {
            startup.extend(word.as_bytes());
            startup.push(0);
        }
        let length = startup.len() as u32 + 4;
        stream.write_all(&length.to_be_bytes())?;
        stream.write_all(&startup)?;
        let mut connection = Self { stream };
        match connection.answer()?.error {
            None => Ok(connection),
            Some(refusal) => Err(io::Error::other(refusal.message)),
        }
    }

    /// Sends a text as one query.
    pub fn query(&mut self, sql: &str) -> io::Result<Answer> {
        self.send(b'Q', sql.as_bytes())?;
        self.answer()
    }

    fn send(&mut self, kind: u8, text: &[u8]) -> io::Result<()> {
        let length = text.len() as u32 + 5;
        self.stream.write_all(&[&[kind][..], &length.to_be_bytes(), text, &[0]].concat())
    }

    fn answer(&mut self) -> io::Result<Answer> {
        let mut answer = Answer { completed: 0, error: None, in_transaction: false };
        loop {
            let mut head = [0; 5];
            self.stream.read_exact(&mut head)?;
            let [kind, length @ ..] = head;
            let mut body = vec![0; (u32::from_be_bytes(length) as usize).saturating_sub(4)];
            self.stream.read_exact(&mut body)?;
            match kind {
                b'C' => answer.completed += 1,
                b'E' => answer.error = Some(Refusal::read(&body)),
                // COPY … FROM STDIN: nobody has rows to give.
                b'G' => self.send(b'f', b"there are no rows")?,
                b'Z' => {
                    answer.in_transaction = body != b"I";
                    return Ok(answer);
                }
                _ => {}
            }
        }
    }
}

impl Refusal {
    fn read(body: &[u8]) -> Self {
        let mut refusal = Self::default();
        for field in body.split(|byte| *byte == 0) {
            let Some((kind, text)) = field.split_first() else { continue };
            let text = String::from_utf8_lossy(text).into_owned();
            match kind {
                b'C' => refusal.state = text,
                b'M' => refusal.message = text,
                b'P' => refusal.position = text.parse().ok(),
                _ => {}
            }
        }
        refusal
    }
}
