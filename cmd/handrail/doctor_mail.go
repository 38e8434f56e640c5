package main

import (
	"context"
	"errors"
	"net"
	"strconv"

	"handrail/internal/outlook"
	"handrail/internal/web"
)

// mailless says why mail is not looked at; empty where it is.
func (d *doctor) mailless() string {
	if d.cfg.SMTP == "" && d.cfg.OutlookSender == "" {
		return "Not applicable: neither SMTP_URL nor OUTLOOK_… is set, so that no mail is sent."
	}
	return ""
}

// signsIn is a way for mails that can be tried without sending one.
type signsIn interface {
	SignIn(ctx context.Context) (doubt bool, err error)
}

// mail signs in where mails are sent, and sends none.
func (d *doctor) mail(ctx context.Context) []finding {
	mailer, err := newMailer(d.cfg, d.client, web.NewMetrics(), d.now)
	way, ok := mailer.(signsIn)
	if err != nil || !ok {
		return one(stateFault, "Mail cannot be set up.", "Check SMTP_URL, or the four OUTLOOK_… variables.")
	}
	doubt, err := way.SignIn(ctx)
	failure, _ := errors.AsType[*outlook.Error](err)
	switch {
	case err == nil && doubt:
		return one(stateWarning, "Microsoft signs in the application in OUTLOOK_CLIENT_ID, but its token does not name the right Mail.Send.",
			"Add the application permission Mail.Send of Microsoft Graph and let an administrator consent; "+
				"nothing is needed where Exchange itself allows it the mailbox.")
	case err == nil && d.cfg.SMTP != "":
		return one(stateOK, "The mail server lets Handrail in. No mail was sent.", "")
	case err == nil:
		return one(stateOK, "Microsoft signs in for mails from "+d.cfg.OutlookSender+". No mail was sent.", "")
	case failure == nil:
		return one(stateFault, "The sign-in for mail fails: "+reason(err)+".", "Check SMTP_URL, or the four OUTLOOK_… variables.")
	case d.cfg.SMTP != "":
		return []finding{d.smtpFault(failure)}
	}
	return []finding{d.graphFault(failure)}
}

// smtpFault says what the codes of a mail server mean (RFC 4954, section 6, and
// RFC 5321, section 4.2).
func (d *doctor) smtpFault(failure *outlook.Error) finding {
	host := "the mail server"
	if server, err := outlook.ParseServer(string(d.cfg.SMTP)); err == nil {
		host = net.JoinHostPort(server.Host, strconv.Itoa(server.Port))
	}
	f := finding{State: stateFault}
	switch failure.Status {
	case 0:
		if failure.Err == nil {
			failure.Err = errors.New("no reason was given")
		}
		f.Found, f.Do = unreached(host, "SMTP_URL", failure.Err)
		if failure.Kind == outlook.Setup && f.Found == host+" cannot be reached: "+reason(failure.Err)+"." {
			f.Found = "No mail can be given to " + host + ": " + reason(failure.Err) + "."
			f.Do = "Check SMTP_URL: smtp:// needs a server with STARTTLS, smtps:// is for TLS from the first byte."
		}
	case 534, 535, 530, 538:
		f.Found = host + " refuses the user or the password (" + strconv.Itoa(failure.Status) + ")."
		f.Do = "Check both in SMTP_URL; special characters are percent-encoded. " +
			"Some providers want an app password, or have sign-in by SMTP switched off."
	default:
		f.Found = host + " does not let Handrail in (" + strconv.Itoa(failure.Status) + ")."
		f.Do = "Look into the log of the mail server, and check SMTP_URL."
		if failure.Kind == outlook.Busy {
			f.State, f.Do = stateWarning, "Run it again in a few minutes: the server says that it is busy."
		}
	}
	return f
}

// graphFault says why Microsoft does not sign in for mails.
func (d *doctor) graphFault(failure *outlook.Error) finding {
	switch {
	case failure.Code != "":
		return signInFault(failure.Code, "OUTLOOK_CLIENT_ID", "OUTLOOK_CLIENT_SECRET", "OUTLOOK_TENANT_ID")
	case failure.Status == 0 && failure.Err != nil:
		found, do := unreached("Microsoft's login service", "BOT_CLOUD", failure.Err)
		return finding{State: stateFault, Found: found, Do: do}
	case failure.Kind == outlook.Setup:
		return finding{State: stateFault, Found: "Microsoft refuses the sign-in for mail, with status " + strconv.Itoa(failure.Status) + ".",
			Do: "Check OUTLOOK_TENANT_ID, OUTLOOK_CLIENT_ID and OUTLOOK_CLIENT_SECRET."}
	}
	return busyFinding(failure.Status)
}
