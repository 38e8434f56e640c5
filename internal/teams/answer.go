package teams

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// The types of answers that Teams knows for an adaptiveCard/action, beside
// [CardContentType] (Microsoft, "Universal actions": response format).
const (
	textType  = "application/vnd.microsoft.activity.message"
	errorType = "application/vnd.microsoft.error"
)

// Answer is what an invoke is answered with. With a Type it is an answer to a
// card action: Teams wants HTTP 200 for it and reads the status in its body.
// Without one, Value is the whole body and Status the HTTP status. The zero
// Answer says that the bot does not know the invoke.
type Answer struct {
	Status int
	Type   string
	Value  any
}

// CardAnswer puts a card in the place of the one whose button was pressed, for
// the person who pressed it. The card goes out as it is: that it is JSON is up
// to the templates, and to look at its 10 KB once more is dearer than to draw them.
func CardAnswer(card json.RawMessage) Answer {
	return Answer{Status: http.StatusOK, Type: CardContentType, Value: card}
}

// TextAnswer shows a short text to the person who pressed the button.
func TextAnswer(text string) Answer {
	return Answer{Status: http.StatusOK, Type: textType, Value: text}
}

// ErrorAnswer says that the action failed. The code is 400 for what the person
// or the card did and 500 for what the bot did; the name is a word for programs
// and the message a sentence for the person.
func ErrorAnswer(code int, name, message string) Answer {
	return Answer{Status: code, Type: errorType, Value: failure{Code: name, Message: message}}
}

// BodyAnswer answers an invoke of another kind, whose body has a form of its own.
func BodyAnswer(status int, body any) Answer {
	return Answer{Status: status, Value: body}
}

// NoAnswer says that all is well and there is nothing to show.
func NoAnswer() Answer { return Answer{Status: http.StatusOK} }

// failure is an error as Teams reads it.
type failure struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// failureBody is an error as the body of any other answer.
type failureBody struct {
	Error failure `json:"error"`
}

// typedBody is the body of an answer to a card action.
type typedBody struct {
	StatusCode int    `json:"statusCode"`
	Type       string `json:"type"`
	Value      any    `json:"value"`
}

// response writes the answer to an invoke of the given name.
func (a Answer) response(invoke string) (Response, error) {
	if a.Status == 0 && a.Type == "" && a.Value == nil {
		a = unknownInvoke(invoke)
	}
	if a.Type == "" && a.Value == nil && invoke == CardAction {
		// A card action without a body is shown as a failure.
		a = TextAnswer("")
	}
	status, body := a.Status, a.Value
	if _, empty := body.(noBody); empty {
		return Response{Status: status}, nil
	}
	if card, ok := body.(json.RawMessage); ok && a.Type == CardContentType {
		return Response{Status: http.StatusOK, Body: cardBody(status, card)}, nil
	}
	switch {
	case a.Type != "":
		status, body = http.StatusOK, typedBody{StatusCode: a.Status, Type: a.Type, Value: a.Value}
	case body == nil:
		body = struct{}{}
	}
	if status == 0 {
		status = http.StatusOK
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		return Response{}, fmt.Errorf("teams: encode the answer to %q: %w", invoke, err)
	}
	return Response{Status: status, Body: encoded}, nil
}

// cardBody is a typedBody with a card, which is JSON already and, at some 10 KB,
// worth not being written once more.
func cardBody(status int, card json.RawMessage) []byte {
	const between = `,"type":"` + CardContentType + `","value":`
	body := make([]byte, 0, len(`{"statusCode":200}`)+len(between)+len(card))
	body = strconv.AppendInt(append(body, `{"statusCode":`...), int64(status), 10)
	body = append(append(body, between...), card...)
	return append(body, '}')
}

// unknownInvoke is the answer to an invoke that the bot does not know: for a
// card action the documented error, for any other 501 as in Microsoft's SDKs.
func unknownInvoke(name string) Answer {
	if name == CardAction {
		return ErrorAnswer(http.StatusBadRequest, "NotSupported", "This action is not supported.")
	}
	return BodyAnswer(http.StatusNotImplemented, failureBody{failure{
		Code: "NotImplemented", Message: "This bot does not answer this invoke.",
	}})
}

// failedInvoke is the answer when the bot could not do its work.
func failedInvoke(name, message string) Answer {
	if name == CardAction {
		return ErrorAnswer(http.StatusInternalServerError, "ServiceError", message)
	}
	return BodyAnswer(http.StatusInternalServerError, failureBody{failure{Code: "ServiceError", Message: message}})
}
