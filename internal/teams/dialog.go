package teams

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/infracloudio/msbotbuilder-go/schema"
)

// The names of the invokes of a dialog that a card's button opens ("Use dialogs
// with bots", Microsoft, where dialogs are also called task modules).
const (
	dialogFetch  = "task/fetch"
	dialogSubmit = "task/submit"
)

// Dialog is a step of a dialog: somebody opens it, or sends the form in it.
type Dialog struct {
	// Action is the button that was pressed, on the card that opens the dialog or
	// on the form in it. Card is the id of the message only when it opens.
	Action
	// Submitted tells that the form was sent.
	Submitted bool
	// Extension tells that a command of the message extension has opened the dialog,
	// and Command which one; empty where the client does not say.
	Extension bool
	Command   string
	// Message is the one on which the command is used; nil for none.
	Message *Quoted
}

// Dialog returns the step of a dialog that the activity is, or false when it is none.
func (a *Activity) Dialog() (Dialog, bool) {
	if a.OfExtension() {
		return a.extension()
	}
	if a.Type != schema.Invoke || a.Name != dialogFetch && a.Name != dialogSubmit {
		return Dialog{}, false
	}
	value, ok := object(a.Value)
	if !ok {
		return Dialog{}, false
	}
	return a.step(value, a.Name == dialogSubmit), true
}

// step reads the button of a step, and what was typed.
func (a *Activity) step(value map[string]json.RawMessage, submitted bool) Dialog {
	data := json.RawMessage("{}")
	if given := bytes.TrimSpace(value["data"]); bytes.HasPrefix(given, []byte("{")) {
		data = given
	}
	fields, _ := object(data)
	d := Dialog{Action: Action{Verb: word(fields["verb"]), Data: data}, Submitted: submitted}
	if !submitted {
		d.Card = a.ReplyToID
	}
	return d
}

// The size of a dialog, of which Teams knows words: a form wants all the height
// that there is, and scrolls where that is not enough.
const (
	dialogHeight = "large"
	dialogWidth  = "medium"
)

// maxDialogTitle is how much of a dialog's title a narrow client shows.
const maxDialogTitle = 60

// taskBody is the body of an answer to a step of a dialog.
type taskBody struct {
	Task task `json:"task"`
}

type task struct {
	Type  string `json:"type"`
	Value any    `json:"value"`
}

type taskInfo struct {
	Title  string         `json:"title"`
	Height string         `json:"height"`
	Width  string         `json:"width"`
	Card   taskAttachment `json:"card"`
}

type taskAttachment struct {
	ContentType string          `json:"contentType"`
	Content     json.RawMessage `json:"content"`
}

// DialogAnswer shows a card in the dialog, which opens when it is not open yet.
func DialogAnswer(title string, card json.RawMessage) Answer {
	if runes := []rune(title); len(runes) > maxDialogTitle {
		title = string(runes[:maxDialogTitle-1]) + "…"
	}
	return BodyAnswer(http.StatusOK, taskBody{task{Type: "continue", Value: taskInfo{
		Title: title, Height: dialogHeight, Width: dialogWidth, Card: taskAttachment{ContentType: CardContentType, Content: card},
	}}})
}

// DialogText shows a text in the dialog, with nothing left to do in it.
func DialogText(text string) Answer {
	return BodyAnswer(http.StatusOK, taskBody{task{Type: "message", Value: text}})
}

// DialogClosed closes the dialog: an answer without a body does.
func DialogClosed() Answer { return BodyAnswer(http.StatusOK, noBody{}) }

// noBody stands for a body of no bytes.
type noBody struct{}
