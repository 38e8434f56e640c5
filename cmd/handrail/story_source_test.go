package main

import (
	"net/http"
	"strings"
	"testing"

	"handrail/internal/ticket"
)

// png is the smallest picture that is one.
const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"

func TestStoryAMessageWithAPictureAndAFileBecomesATicket(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, ben, channel := w.Person("Ana Lima"), w.Person("Ben Ng"), w.Channel("Support", "Ana Lima", "Ben Ng")
		w.Install(ana, channel)
		picture, file := w.Picture(png), w.Link("posting.log")
		message := channel.Message(ben, `<div><p>Invoices cannot be posted</p><p>Since <b>Monday</b>, see <a href="https://kb.example/4711">error 4711</a></p></div>`,
			picture, file)
		dialog := message.Act(ana, "createTicket")
		says(t, dialog.Text(), "New ticket", "Invoices cannot be posted", "Since Monday, see error 4711 (https://kb.example/4711)", "Ben Ng", "posting.log")
		wrong := dialog.Submit("Open ticket", form{"customer": "Contoso"})
		says(t, wrong.Text(), "Give the number of affected users or a fixed date", "Since Monday", "Ben Ng", "posting.log")
		saved := wrong.Submit("Open ticket", form{"users": "12"})
		says(t, saved.Said, "T-1 is open. Its card comes below")
		says(t, saved.SubmitAgain().Said, "T-1 is open. Its card comes below")
		card := message.Thread().ExpectCard("T-1 · Contoso", "Invoices cannot be posted", "reported by Ben Ng", "https://teams.microsoft.com/l/message/")
		card.Expect("posting.log")
		card.Expect("picture.png")
		if n := picture.Downloads(); n != 1 {
			t.Errorf("the picture was fetched %d times", n)
		}
		w.settle()
		if files, err := w.desk().Store.Attachments(t.Context(), w.stored(1).ID); err != nil || len(files) != 2 || w.tickets() != 1 {
			t.Errorf("the files are %+v (%v) of %d tickets", files, err, w.tickets())
		}
		says(t, historyOf(ana, card), "opened the ticket", "https://teams.microsoft.com/l/message/")
	})
}

func TestStoryAMessageThatHasATicketShowsIt(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, ben, chat := w.Person("Ana Lima"), w.Person("Ben Ng"), w.GroupChat("Desk", "Ana Lima", "Ben Ng")
		w.Install(ana, chat)
		message := chat.Message(ben, "<p>Mail is slow</p>")
		first, second, theirs := message.Act(ana, "createTicket"), message.Act(ana, "createTicket"), message.Act(ben, "createTicket")
		says(t, first.Submit("Open ticket", form{"customer": "Contoso", "users": "12"}).Said, "T-1 is open")
		chat.ExpectCard("T-1 · Contoso", "Mail is slow")
		says(t, second.Submit("Open ticket", form{"customer": "Fabrikam", "users": "3"}).Text(), "has opened T-1 from this message", "Fabrikam")
		says(t, theirs.Submit("Open ticket", form{"customer": "Litware", "users": "3"}).Text(), "Ana Lima has opened T-1 from this message", "Litware")
		shown := message.Act(ben, "createTicket")
		says(t, shown.Text(), "This message has a ticket", "T-1", "Mail is slow", "Ana Lima opened T-1 from it")
		says(t, shown.Submit("Show ticket").Text(), "T-1 is shown below")
		w.settle()
		if n := w.tickets(); n != 1 {
			t.Errorf("one message has %d tickets", n)
		}
	})
}

func TestStoryATicketIsOpenedFromTheBoxInWhichPeopleWrite(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.Personal("Ana Lima")
		w.Install(ana, chat)
		dialog := chat.Compose(ana, "createTicket")
		saysNot(t, dialog.Text(), "Reported by")
		facts := invoices()
		facts["title"] = "Invoices cannot be posted"
		saved := dialog.Submit("Open ticket", facts)
		says(t, saved.Said, "T-1 is open. Its card comes below")
		says(t, saved.SubmitAgain().Said, "T-1 is open. Its card comes below")
		chat.ExpectCard("T-1 · Contoso", "Invoices cannot be posted")
		says(t, chat.Compose(ana, "somethingNew").Said, "from an older Handrail")
		if n := w.tickets(); n != 1 {
			t.Errorf("there are %d tickets", n)
		}
	})
}

func TestStoryAMessageWithHostileMarkupIsReadAsPlainText(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		w.Install(ana, chat)
		message := chat.Message(ana, `<script>alert(1)</script><p>Look <at id="0">everyone</at> `+
			`<a href="javascript:alert(2)">here</a> {{DATE(2037-11-23)}} ${title} [x](http://evil.example) &lt;at&gt;all&lt;/at&gt;</p>`+
			`<img src="http://127.0.0.1:1/secret" onerror="alert(3)"><img src="`+w.ServiceURL()+`v3/conversations/x/members">`+
			strings.Repeat("<div>", 5000)+`<style>p{}</style>deep</p>`)
		message.Payload["linkToMessage"] = "javascript:alert(4)"
		dialog := message.Act(ana, "createTicket")
		says(t, dialog.Text(), "Look everyone here", "2 pictures stay in the message")
		saysNot(t, dialog.Text(), "alert(", "javascript:", "<p>", "p{}")
		says(t, dialog.Submit("Open ticket", form{"customer": "Contoso", "users": "12"}).Said, "T-1 is open")
		card := chat.ExpectCard("T-1 · Contoso", "Look everyone here")
		saysNot(t, texts(card), "<at>", "{{DATE", "javascript:", "\n](http")
		w.settle()
		for _, call := range w.Calls() {
			if strings.Contains(call.Path, "members") {
				t.Errorf("the bot went to %s", call.Path)
			}
		}
	})
}

func TestStoryALongMessageIsCutAndItsWholeIsLinked(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, chat := w.Person("Ana Lima"), w.GroupChat("Desk", "Ana Lima")
		w.Install(ana, chat)
		dialog := chat.Message(ana, "<p>"+strings.Repeat("The invoice is wrong 👩‍👩‍👧‍👦. ", 600)+"</p>").Act(ana, "createTicket")
		says(t, dialog.Text(), "The message says more than fits into the details")
		says(t, dialog.Submit("Open ticket", form{"customer": "Contoso", "users": "12"}).Said, "T-1 is open")
		chat.ExpectCard("T-1 · Contoso", "https://teams.microsoft.com/l/message/")
		if stored := w.stored(1); len([]rune(stored.Details)) > ticket.MaxDetails || len([]rune(stored.Title)) > 80 {
			t.Errorf("the title is %q", stored.Title)
		}
	})
}

func TestStoryAMessageOfAWebhookHasTheWordsOfItsCard(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, channel := w.Person("Ana Lima"), w.Channel("Alerts", "Ana Lima")
		w.Install(ana, channel)
		message := channel.Message(ana, `<attachment id="1"></attachment>`).From("Monitor")
		message.Payload["attachments"] = []any{map[string]any{
			"id": "1", "contentType": "application/vnd.microsoft.card.adaptive",
			"content": `{"type":"AdaptiveCard","body":[{"type":"TextBlock","text":"Disk of db-01 is full"},` +
				`{"type":"FactSet","facts":[{"title":"Severity","value":"1"}]}]}`,
		}}
		dialog := message.Act(ana, "createTicket")
		says(t, dialog.Text(), "Disk of db-01 is full", "Severity: 1", "Monitor")
		// Nobody may be known at all.
		message.Payload["from"], message.Payload["createdDateTime"], message.Payload["linkToMessage"] = nil, "yesterday", nil
		says(t, message.Act(ana, "").Submit("Open ticket", form{"customer": "Contoso", "users": "12"}).Said, "T-1 is open")
		card := message.Thread().ExpectCard("T-1 · Contoso", "Disk of db-01 is full")
		saysNot(t, card.Text(), "reported by")
	})
}

func TestStoryAMessageWhereTheBotIsNoMemberBecomesATicketElsewhere(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		ana, ben, chat := w.Person("Ana Lima"), w.Person("Ben Ng"), w.GroupChat("Strangers", "Ana Lima", "Ben Ng")
		home := w.Personal("Ana Lima")
		w.Install(ana, home)
		message := chat.Message(ben, "<p>The VPN drops</p>")
		said := message.Act(ana, "createTicket").Submit("Open ticket", form{"customer": "Contoso", "users": "12"})
		says(t, said.Said, "T-1", "I am no member of this conversation", "its card is in your chat with me", "show T-1")
		home.ExpectCard("T-1 · Contoso", "The VPN drops", "reported by Ben Ng")
		// Ben has never met the bot, and so there is nowhere for a card.
		nowhere := chat.Message(ben, "<p>Mail is slow</p>").Act(ben, "createTicket").Submit("Open ticket", form{"customer": "Contoso", "users": "3"})
		says(t, nowhere.Said, "T-2 is open", "Add the app Handrail")
		says(t, nowhere.SubmitAgain().Said, "T-2 is open")
		if n := w.tickets(); n != 2 {
			t.Errorf("there are %d tickets", n)
		}
		w.settle()
		for _, call := range w.Calls() {
			if strings.Contains(call.Path, chat.ID()) {
				t.Errorf("the bot wrote where it is no member: %s %s", call.Method, call.Path)
			}
		}
		// A chat of two people has no conversation that the bot is told of.
		a := home.Activity("invoke", ana)
		delete(a, "conversation")
		a["name"], a["value"] = "composeExtension/fetchTask", map[string]any{"commandId": "createTicket", "commandContext": "compose"}
		if d := w.Deliver(a); d.Status != http.StatusOK || !strings.Contains(string(d.Body), "New ticket") {
			t.Errorf("the bot answered %d: %s", d.Status, d.Body)
		}
	})
}
