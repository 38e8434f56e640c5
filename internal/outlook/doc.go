// Package outlook sends mails: by an SMTP server, or by Microsoft Graph from a
// mailbox of Exchange Online. It composes the message, which is the same on both
// ways, sends it, and says of a failure whether the mail may go later.
//
// It does not repeat anything: whoever has it send a mail does so, with the same
// key, by which the mail has the same Message-ID. It reads no mailbox, and it does
// not know what a mail is about.
package outlook
