// In the place of this page: the way back must not lead here again.
location.replace(document.querySelector('#onward').href);
