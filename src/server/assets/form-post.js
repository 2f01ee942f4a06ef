// The method is taken from the prototype: a field of the form may be called `submit`.
HTMLFormElement.prototype.submit.call(document.querySelector('#form-post'));
